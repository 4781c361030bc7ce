import type { KeyedHash } from "../../kernel/secret.ts";
import { KIND, type Kind, type Payload } from "./oidc-model.ts";

/**
 * Rows that requests without a signed-in user leave behind. Such a request proves nothing, so the rows are counted by
 * network address, and the oldest of an address go first (docs/decisions/0054).
 */

/** How many unfinished ones of a kind one network address has before its oldest go. */
export const UNFINISHED_PER_ADDRESS = 1_000;

/** How many there are in all before the oldest go, from all addresses together. */
export const UNFINISHED_IN_ALL = 250_000;

/** The request that stores a row. */
interface Requested {
  readonly device: { readonly network: string } | null;
}

/**
 * The keyed hash of the network address of this request for a row that counts, in hexadecimal; undefined for all others.
 * An authenticated application pushes requests from its own server for all its users, so those do not count.
 */
export function networkOf(
  kind: Kind,
  payload: Payload,
  { work, hash }: { work: Requested | undefined; hash: KeyedHash },
): string | undefined {
  const network = isAnonymous(kind, payload) ? work?.device?.network : undefined;
  return network === undefined ? undefined : hash(`unfinished from ${network}`).toString("hex");
}

function isAnonymous(kind: Kind, { accountId, session, trusted }: Payload): boolean {
  if (kind === KIND.PushedAuthorizationRequest) {
    return trusted !== true;
  }
  return kind === KIND.Interaction
    ? !isSignedIn(session)
    : kind === KIND.DeviceCode && accountId === undefined;
}

/** The session that an interaction began in. */
const isSignedIn = (session: unknown): boolean =>
  typeof session === "object" &&
  session !== null &&
  "accountId" in session &&
  session.accountId !== undefined;
