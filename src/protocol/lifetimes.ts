import type { Client, Configuration, RefreshToken } from "oidc-provider";
import { APPLICATION_TYPES, rulesOf } from "../domain/applications/application-types.ts";
import { epochSeconds, now } from "../kernel/clock.ts";
import { currentWork } from "./models/unit-of-work.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface LifetimeSettings {
  readonly signInMinutes: number;
  readonly sessionHours: number;
  readonly sessionIdleMinutes: number;
  readonly accessTokenMinutes: number;
  readonly refreshTokenDays: number;
  /** Counted from the sign-in, however often the token is used. */
  readonly refreshTokenMaximumDays: number;
}

/** Lifetimes of sessions, grants, codes and tokens, in seconds. */
export function lifetimes(settings: LifetimeSettings): Configuration["ttl"] {
  const seconds = () => epochSeconds(now());
  return {
    AuthorizationCode: MINUTE,
    DeviceCode: 10 * MINUTE,
    AccessToken: settings.accessTokenMinutes * MINUTE,
    ClientCredentials: settings.accessTokenMinutes * MINUTE,
    IdToken: HOUR,
    Interaction: settings.signInMinutes * MINUTE,
    PushedAuthorizationRequest: MINUTE,
    Grant: settings.refreshTokenMaximumDays * DAY,
    RefreshToken: (_ctx, token, client) => refreshTokenSeconds(settings, token, client),
    Session: (_ctx, session) => {
      const office =
        session.accountId === undefined ? null : currentWork()?.account(session.accountId)?.office;
      const longest = Math.min(settings.sessionHours * HOUR, (office?.sessionMinutes ?? Infinity) * MINUTE);
      const end = (session.loginTs ?? seconds()) + longest;
      return atLeastOne(Math.min(settings.sessionIdleMinutes * MINUTE, end - seconds()));
    },
  };
}

/** Seconds that a refresh token has from its use on. Each use restarts the short lifetime; the long one counts from the sign-in. */
export function refreshTokenSeconds(
  settings: LifetimeSettings,
  { iiat }: Pick<RefreshToken, "iiat">,
  client: Client,
): number {
  const seconds = epochSeconds(now());
  const end = (iiat ?? seconds) + settings.refreshTokenMaximumDays * DAY;
  const days = Math.min(settings.refreshTokenDays, longestDays(client["urn:vestibule:type"]));
  return atLeastOne(Math.min(days * DAY, end - seconds));
}

/** The most that the type of an application allows. */
const longestDays = (type: unknown): number =>
  APPLICATION_TYPES.map((known) => (known === type ? rulesOf(known).refreshTokenDays : null)).find(
    (days) => days !== null,
  ) ?? Infinity;

/** oidc-provider rejects a lifetime of zero; a token at its end gets one second. */
const atLeastOne = (seconds: number): number => Math.max(1, Math.floor(seconds));
