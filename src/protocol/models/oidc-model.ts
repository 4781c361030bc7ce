import type { Account } from "../../domain/users/user.ts";

/** The numbers of oidc-provider's models in the table. Never renumber: stored rows have them. */
export const KIND = {
  Grant: 0,
  Session: 1,
  Interaction: 2,
  AuthorizationCode: 3,
  AccessToken: 4,
  RefreshToken: 5,
  ClientCredentials: 6,
  PushedAuthorizationRequest: 7,
  ReplayDetection: 8,
  DeviceCode: 9,
  BackchannelAuthenticationRequest: 10,
  InitialAccessToken: 11,
  RegistrationAccessToken: 12,
  PreAuthorizedCode: 13,
  /** No model of the library: the login of a finished sign-in (`finished-login.ts`). It is read alone. */
  Login: 14,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** What an application holds, and loses when it is disabled. Sessions and grants belong to users. */
export const OF_APPLICATIONS: ReadonlySet<Kind> = new Set([
  KIND.AuthorizationCode,
  KIND.AccessToken,
  KIND.RefreshToken,
  KIND.ClientCredentials,
  KIND.DeviceCode,
]);

export type Payload = Record<string, unknown>;

export interface StoredModel {
  readonly payload: Payload;
  readonly consumedAt: Date | null;
  readonly savedAt: Date;
  /** The grant that the model belongs to; null when it is gone, undefined when there never was one. */
  readonly grant: Payload | null | undefined;
  /** The account that the model belongs to; null when it is gone, undefined when there never was one. */
  readonly account: Account | null | undefined;
  /** The grant that a session has for the application of the request. */
  readonly sessionGrant?: Payload;
  /** The session that a code or token ends with. */
  readonly session?: { readonly payload: Payload; readonly savedAt: Date };
}

/** Key of a row: the home of the model's id, and the id's hash in hexadecimal. */
export interface RowKey {
  readonly home: number;
  readonly kind: Kind;
  readonly id: string;
}

/** A code or token that a request redeems. */
export interface RowToSpend extends RowKey {
  /** Whether it may be spent already: a refresh token within its grace, which several requests may redeem. */
  readonly again?: boolean;
  readonly applicationId?: string | null;
  readonly accountId?: string | null;
}

export interface RowToSave extends RowKey {
  readonly payload: Payload;
  readonly expiresAt: Date;
  /** Whether the request has read the row. Then it is updated if it still exists, and never inserted again. */
  readonly exists: boolean;
  /** Of an anonymous request; see `anonymous-rows.ts`. */
  readonly network?: { readonly key: string; readonly times: number } | undefined;
}

/** Everything that one request writes: all or nothing, in one statement. */
export interface Batch {
  readonly save: readonly RowToSave[];
  readonly consume: readonly RowToSpend[];
  readonly destroy: readonly RowKey[];
  readonly revokeGrants: readonly string[];
  readonly signedOut: readonly SignedOut[];
}

/** An application that has to be notified, because its session has ended. */
export interface SignedOut {
  readonly accountId: string;
  readonly applicationId: string;
  readonly sid: string;
}
