import type { Client, KoaContextWithOIDC, RefreshToken } from "oidc-provider";
import { epochSeconds, now } from "../kernel/clock.ts";
import { currentWork } from "./models/unit-of-work.ts";
import { refreshTokenSeconds, type LifetimeSettings } from "./lifetimes.ts";

/** A token that stays the same is written at most this often, because only its end would change. */
const REWRITE_SECONDS = 60;

/**
 * Whether a refresh replaces the token (`rotateRefreshToken`; RFC 9700 section 4.14.2). The token of a confidential application
 * stays the same: it is worth nothing without the application's secret or key, and a lost answer or a parallel refresh costs
 * nothing (FAPI 2.0 section 5.3.2.1 item 9).
 */
export function createRotation(settings: LifetimeSettings): (ctx: KoaContextWithOIDC) => Promise<boolean> {
  return async (ctx) => {
    const { RefreshToken: token, Client: client } = ctx.oidc.entities;
    if (token === undefined || client === undefined || isReplaced(client)) {
      return true;
    }
    await restartIdleTime(settings, token, client);
    return false;
  };
}

/** A token that was replaced already cannot be kept, although the application was changed since: it would look stolen a little later. */
const isReplaced = (client: Client): boolean =>
  client["urn:vestibule:rotates_refresh_tokens"] === true || currentWork()?.redeemsReplaced === true;

/** The library saves a token only when it is made. The new end is stored in the statement that stores the access token. */
async function restartIdleTime(
  settings: LifetimeSettings,
  token: RefreshToken,
  client: Client,
): Promise<void> {
  const end = epochSeconds(now()) + refreshTokenSeconds(settings, token, client);
  if (Math.abs(end - (token.exp ?? 0)) >= REWRITE_SECONDS) {
    token.exp = end;
    await token.save();
  }
}
