import type { FindAccount } from "oidc-provider";
import { isActive } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import { toEngineAccount } from "./claims.ts";
import { currentWork } from "./unit-of-work.ts";

/** The account behind a `sub`; unknown when its user or office may not sign in, so that every token of theirs is dead. */
export function findAccount(users: UserStore): FindAccount {
  return async (_ctx, id) => {
    const work = currentWork();
    const known = work?.account(id);
    const account = known === undefined ? await users.findAccount(id) : known;
    work?.keepAccount(id, account);
    return account !== null && isActive(account) ? toEngineAccount(account) : undefined;
  };
}
