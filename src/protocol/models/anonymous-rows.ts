import type { KeyedHash } from "../../kernel/secret.ts";
import { widestNetwork } from "../../platform/limits/network-limits.ts";
import { KIND, type Kind, type Payload } from "./oidc-model.ts";

/**
 * Unfinished rows that requests leave behind, and that are kept for a day. A request without a signed-in user proves nothing, so its
 * rows are counted by network address, and those of a signed-in user by the user. The oldest go first:
 * `VESTIBULE_UNFINISHED_PER_ADDRESS` says how many there may be, and the part `crowd` of the write statement deletes the others
 * (docs/decisions/0054).
 */

/** How many there are in all before the oldest go, from all addresses together. */
export const UNFINISHED_IN_ALL = 250_000;

/** Who left a row behind. */
interface Network {
  /** Keyed hash of the user, of the address, or of an IPv6 /48: its holder has 65,536 networks of the usual size. Hexadecimal. */
  readonly key: string;
  /** How many times the number of a single address it may leave behind. */
  readonly times: number;
}

/** The request that stores a row. */
interface Requested {
  readonly device: { readonly network: string } | null;
}

/**
 * The network of this request for a row that counts; undefined for all others. An authenticated application pushes requests from its own server for all its users, so those do not count.
 */
export function networkOf(
  kind: Kind,
  payload: Payload,
  { work, hash }: { work: Requested | undefined; hash: KeyedHash },
): Network | undefined {
  const user = kind === KIND.Interaction ? userOf(payload["session"]) : null;
  if (user !== null) {
    return { key: hash(`unfinished of ${user}`).toString("hex"), times: 1 };
  }
  const group = isAnonymous(kind, payload) ? work?.device?.network : undefined;
  if (group === undefined) {
    return undefined;
  }
  const { network, times } = widestNetwork(group);
  return { key: hash(`unfinished from ${network}`).toString("hex"), times };
}

function isAnonymous(kind: Kind, { accountId, trusted }: Payload): boolean {
  if (kind === KIND.PushedAuthorizationRequest) {
    return trusted !== true;
  }
  return kind === KIND.Interaction || (kind === KIND.DeviceCode && accountId === undefined);
}

/** The user of the session that an interaction began in; null when no user was signed in. */
const userOf = (session: unknown): string | null =>
  typeof session === "object" &&
  session !== null &&
  "accountId" in session &&
  typeof session.accountId === "string"
    ? session.accountId
    : null;
