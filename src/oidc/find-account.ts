import type { FindAccount } from "oidc-provider";
import { satisfies } from "../factors/factor.ts";
import { epochSeconds, type Clock } from "../kernel/clock.ts";
import { isActive, type Account } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import { toEngineAccount } from "./claims.ts";
import { currentWork } from "./unit-of-work.ts";

/** The account behind a `sub`; unknown when its user or office may not sign in, so that every token of theirs is dead. */
export function findAccount(users: UserStore, clock: Clock): FindAccount {
  return async (_ctx, id, token) => {
    const work = currentWork();
    const known = work?.account(id);
    const account = known === undefined ? await users.findAccount(id) : known;
    work?.keepAccount(id, account);
    if (account === null || !isActive(account)) {
      return undefined;
    }
    return isEnough(account, token, epochSeconds(clock())) ? toEngineAccount(account) : undefined;
  };
}

/** A code or refresh token that was issued before the office demanded a second factor gets nothing new. */
function isEnough(account: Account, token: unknown, now: number): boolean {
  if (typeof token !== "object" || token === null || !("amr" in token)) {
    return true;
  }
  const { amr } = token;
  return satisfies(account.office.secondFactor, Array.isArray(amr) ? amr.map(String) : undefined, now);
}
