import type { KeyedHash } from "../../kernel/secret.ts";
import { widestNetwork } from "../../platform/limits/network-limits.ts";
import { KIND, type Kind, type Payload } from "./oidc-model.ts";

/**
 * Rows that requests without a signed-in user leave behind. Such a request proves nothing, so the rows are counted by
 * network address, and the oldest of an address go first: `VESTIBULE_UNFINISHED_PER_ADDRESS` says how many there may be, and the part
 * `crowd` of the write statement deletes the others (docs/decisions/0054).
 */

/** How many there are in all before the oldest go, from all addresses together. */
export const UNFINISHED_IN_ALL = 250_000;

/** Who left a row behind. */
interface Network {
  /** Keyed hash of the address, or of an IPv6 /48: its holder has 65,536 networks of the usual size. Hexadecimal. */
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
  const group = isAnonymous(kind, payload) ? work?.device?.network : undefined;
  if (group === undefined) {
    return undefined;
  }
  const { network, times } = widestNetwork(group);
  return { key: hash(`unfinished from ${network}`).toString("hex"), times };
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
