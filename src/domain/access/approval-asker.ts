import type { Queryable } from "../../platform/database/database.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { isStillProved } from "../users/still-proved.ts";
import { isActive } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { AskedApproval } from "./approval-store.ts";

/**
 * Whether a request still counts: the one who asked is in support, and none of their proofs has ended since. Otherwise what a
 * thief asked for with a stolen session would outlive the end of that session. A request does not say by which session it was
 * made, so ending all others ends the owner's as well, who asks again.
 */
export async function isStillAsked(
  users: UserStore,
  { requestedBy, requestedAt }: Pick<AskedApproval, "requestedBy" | "requestedAt">,
  tx?: Queryable,
): Promise<boolean> {
  const account = await users.findAccount(requestedBy, tx);
  const proof = { at: epochSeconds(requestedAt), session: null, hasSkippedCode: false };
  return account !== null && isActive(account) && account.role === "support" && isStillProved(account, proof);
}

/** Those of the requests that still count. */
export async function stillAsked<Request extends AskedApproval>(
  users: UserStore,
  requests: readonly Request[],
): Promise<Request[]> {
  const count = await Promise.all(requests.map((request) => isStillAsked(users, request)));
  return requests.filter((_request, place) => count[place]);
}
