import type { IDToken } from "openid-client";

const clockToleranceSeconds = 30;

/**
 * After `prompt=login`: throws when the person did not prove anew who they are. The browser carries the
 * request and can drop the prompt from it, so only `auth_time` in the answer shows it.
 */
export function refuseOldSignIn(claims: IDToken, startedAt: Date): void {
  const earliest = startedAt.getTime() / 1000 - clockToleranceSeconds;
  if ((claims.auth_time ?? 0) < earliest) throw new Error("the person did not sign in again");
}
