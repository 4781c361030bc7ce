import type { Account as OidcAccount, Client, FindAccount } from "oidc-provider";
import { isActive, type Account } from "../domain/users/user.ts";
import type { UserStore } from "../domain/users/user-store.ts";
import { toOidcAccount } from "./claims.ts";
import { pinnedOffice } from "./requests/pinned-office.ts";
import { currentWork } from "./models/unit-of-work.ts";

/** The account of a `sub`; undefined when the user or the office may not sign in, so that all their tokens are invalid. */
export function findAccount(users: UserStore): FindAccount {
  return (ctx, id, token) => accountBehind({ users }, id, { token, client: ctx.oidc.client });
}

/** The same for a caller that has a token, outside a request to oidc-provider. */
export async function accountBehind(
  { users }: { users: UserStore },
  id: string,
  { token, client }: { token: unknown; client: Client | undefined },
): Promise<OidcAccount | undefined> {
  const work = currentWork();
  const known = work?.account(id);
  const account = known === undefined ? await users.findAccount(id) : known;
  work?.keepAccount(id, account);
  if (account === null || !isActive(account)) {
    return undefined;
  }
  return belongsToOffice(account, token, client) ? toOidcAccount(account, client) : undefined;
}

/** A token of an application of one office is invalid once the user has moved to another. The interaction policy checks sessions. */
function belongsToOffice({ office }: Account, token: unknown, client: Client | undefined): boolean {
  const pinned = token === undefined ? null : pinnedOffice(client);
  return pinned === null || pinned === office.id;
}
