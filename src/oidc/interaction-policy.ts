import type { KoaContextWithOIDC } from "oidc-provider";
import { APPLICATION_TYPES, rulesOf } from "../applications/application-types.ts";
import { interactionPolicy } from "./library.ts";
import { epochSeconds, type Clock } from "../kernel/clock.ts";
import { foldOfficeCode } from "../offices/office.ts";
import { isActive, type Account } from "../users/user.ts";
import { satisfies } from "../factors/factor.ts";
import { asksForSecondFactor } from "./asked-acr.ts";
import { ACR } from "./claims.ts";
import { jwtPayload } from "./request-parameters.ts";
import { currentWork } from "./unit-of-work.ts";

const { Check, base } = interactionPolicy;

/** oidc-provider's policy with our own checks: when somebody is asked to sign in again, and when to consent. */
export function createInteractionPolicy(clock: Clock): interactionPolicy.DefaultPolicy {
  const policy = base();
  const login = policy.get("login");
  const consent = policy.get("consent");
  if (login === undefined || consent === undefined) {
    throw new Error("oidc-provider's own policy has changed.");
  }
  login.checks.add(
    new Check("session_fits", "the session does not meet what is asked of it", "login_required", (ctx) =>
      sessionFits(ctx, clock) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
    ),
  );
  // These ask for exactly the wanted value, and would send somebody who proved more round and round.
  login.checks.remove("essential_acr");
  login.checks.remove("essential_acrs");
  consent.checks.remove("native_client_prompt");
  consent.checks.add(
    new Check(
      "native_client_prompt",
      "native clients require End-User interaction",
      "interaction_required",
      (ctx) => (isSilentNative(ctx) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT),
    ),
  );
  return policy;
}

/** A session is good for a request only while the office that is asked for, and its session length, allow it. */
function sessionFits(ctx: KoaContextWithOIDC, clock: Clock): boolean {
  const { session } = ctx.oidc;
  if (session?.accountId === undefined) {
    // Another check asks for the sign-in.
    return true;
  }
  const account = currentWork()?.account(session.accountId) ?? null;
  if (account === null || !isActive(account)) {
    return false;
  }
  return (
    isOfAskedOffice(ctx, account) &&
    isHinted(ctx, account) &&
    isWithinSession(account, session.loginTs, clock) &&
    hasDemandedFactor(ctx, account, clock)
  );
}

/**
 * Whoever has signed in must be the one that the hint names (OpenID Connect Core 1.0 section 3.1.2.1). oidc-provider
 * compares them before somebody signs in and not after; it has verified the hint by then.
 */
function isHinted(ctx: KoaContextWithOIDC, account: Account): boolean {
  const hint = ctx.oidc.params?.["id_token_hint"];
  return typeof hint !== "string" || jwtPayload(hint)["sub"] === account.id;
}

function isOfAskedOffice(ctx: KoaContextWithOIDC, account: Account): boolean {
  const pinned = ctx.oidc.client?.["urn:vestibule:office_id"];
  if (typeof pinned === "string" && pinned !== "") {
    return pinned === account.office.id;
  }
  const asked = ctx.oidc.params?.["office"];
  return typeof asked !== "string" || foldOfficeCode(asked) === account.office.code;
}

/** Whether a sign-in of that moment (seconds since 1970) is young enough for its office. */
export function isWithinSession({ office }: Account, loginTs: number | undefined, clock: Clock): boolean {
  return (
    office.sessionMinutes === null ||
    (loginTs !== undefined && epochSeconds(clock()) - loginTs < office.sessionMinutes * 60)
  );
}

/** What the office demands now, and what this request asks for, against what the session was made with. */
function hasDemandedFactor(ctx: KoaContextWithOIDC, account: Account, clock: Clock): boolean {
  const { session, params } = ctx.oidc;
  const isAsked = asksForSecondFactor(params ?? {});
  return (
    satisfies(account.office.secondFactor, session?.amr, epochSeconds(clock())) &&
    (!isAsked || session?.acr === ACR.secondFactor)
  );
}

/**
 * Any program on a device can claim a native application's redirect address, so a session alone never sends it a
 * code: somebody has to act in this very run, by signing in or by confirming (RFC 8252 section 8.6).
 */
function isSilentNative(ctx: KoaContextWithOIDC): boolean {
  const { client, params, result } = ctx.oidc;
  return (
    APPLICATION_TYPES.some((type) => type === client?.["urn:vestibule:type"] && !rulesOf(type).silent) &&
    params?.["response_type"] !== "none" &&
    result?.login === undefined &&
    result?.consent === undefined
  );
}
