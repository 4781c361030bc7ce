import { z } from "zod";
import { nameSchema } from "../../kernel/one-line.ts";
import type { Surroundings } from "./application-addresses.ts";
import { faultsOf } from "./application-faults.ts";
import {
  applicationSettingsSchema,
  DEFAULT_ALGORITHM,
  FAPI_ALGORITHM,
  normalisedAddresses,
  signingAlgorithm,
  type ApplicationSettings,
} from "./application-settings.ts";
import {
  APPLICATION_TYPES,
  rulesOf,
  type ApplicationType,
  type Authentication,
} from "./application-types.ts";

/**
 * Relying applications: which of them may ask Vestibule to sign a user in, and where the response may go. This folder
 * owns their rules and does not know oidc-provider. Start at `Application`.
 */

/** A registered application. */
export interface Application extends ApplicationSettings {
  /** `app_` and random characters, so it can never equal a user's `sub`. */
  readonly id: string;
  readonly name: string;
  readonly type: ApplicationType;
  /** First-party applications ask for no consent. */
  readonly firstParty: boolean;
  /** Null: every office may use it. Otherwise only this office's users. */
  readonly officeId: string | null;
  /** Keyed hash of the secret; null for applications without one. */
  readonly secretHash: Buffer | null;
  /** Whether every request and every token of it is refused. */
  readonly isDisabled: boolean;
  /** The previous secret, while it is still valid beside the new one. */
  readonly oldSecret: OldSecret | null;
}

export interface OldSecret {
  readonly hash: Buffer;
  readonly endsAt: Date;
}

type Algorithm = ApplicationSettings["idTokenAlgorithm"];

/** The default depends on the profile. */
const withAlgorithm = <Typed extends { fapi: boolean; idTokenAlgorithm?: Algorithm | undefined }>(
  typed: Typed,
): Typed & { idTokenAlgorithm: Algorithm } => ({
  ...typed,
  idTokenAlgorithm: typed.idTokenAlgorithm ?? (typed.fapi ? FAPI_ALGORITHM : DEFAULT_ALGORITHM),
});

/** What an administrator may register. Addresses are kept in their normal form. */
export const applicationSchema = (surroundings: Surroundings) =>
  applicationSettingsSchema
    .extend({
      name: nameSchema(100),
      type: z.enum(APPLICATION_TYPES, { error: `must be one of ${APPLICATION_TYPES.join(", ")}` }),
      firstParty: z.boolean().default(false),
      idTokenAlgorithm: signingAlgorithm.optional(),
      ...normalisedAddresses,
    })
    .superRefine((typed, context) => {
      for (const { path, message, address } of faultsOf(withAlgorithm(typed), surroundings)) {
        context.addIssue({ code: "custom", path: [path], message, params: { address } });
      }
    })
    .transform(withAlgorithm);

/** What may be registered everywhere, also in production. */
export const newApplicationSchema = applicationSchema({ isDevelopment: false });
export type ApplicationSchema = typeof newApplicationSchema;
export type NewApplication = z.output<ApplicationSchema>;

/** How an application authenticates; FAPI 2.0 allows keys only (section 5.3.2.1). */
export function authenticationOf(
  application: Pick<Application, "type" | "authentication" | "fapi">,
): Authentication {
  const { type, authentication, fapi } = application;
  return fapi ? "private_key_jwt" : (authentication ?? rulesOf(type).authentication[0]);
}

/** Whether each use replaces its refresh token: always where nothing but the token proves whose it is (RFC 9700 section 4.14.2). */
export const rotatesRefreshTokens = (
  application: Pick<Application, "type" | "authentication" | "fapi" | "rotateRefreshTokens">,
): boolean => application.rotateRefreshTokens || authenticationOf(application) === "none";

/** Whether it has a secret that can be rotated. */
export const hasSecret = (application: Pick<Application, "type" | "authentication" | "fapi">): boolean =>
  authenticationOf(application) === "secret";
