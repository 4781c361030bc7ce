import type { KoaContextWithOIDC } from "oidc-provider";
import { APPLICATION_TYPES, rulesOf } from "../../domain/applications/application-types.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { interactionPolicy } from "../library.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { foldOfficeCode } from "../../domain/offices/office.ts";
import { isActive, type Account } from "../../domain/users/user.ts";
import { satisfies } from "../../domain/factors/factor.ts";
import { asksForSecondFactor } from "./requested-acr.ts";
import { ACR, provedBy } from "../claims.ts";
import { clientSubject } from "../keys/pairwise.ts";
import { pinnedOffice } from "./pinned-office.ts";
import { jwtPayload } from "./jwt-payload.ts";
import { isWithinSession } from "./session-length.ts";
import { currentWork } from "../models/unit-of-work.ts";

/**
 * Requests: what an authorization request may ask, and when it leads to a page. This folder adds our checks to oidc-provider's
 * policy: the office, the age of the session, the second factor. Start at `createInteractionPolicy`.
 */

const { Check, base } = interactionPolicy;

/** The reason of a prompt for which the session has the password but not the second factor. */
export const ONLY_FACTOR_MISSING = "session_factor";

/** oidc-provider's policy with our own checks: when a user has to sign in again, and when to consent. */
export function createInteractionPolicy(hash: KeyedHash): interactionPolicy.DefaultPolicy {
  const policy = base();
  const login = policy.get("login");
  const consent = policy.get("consent");
  if (login === undefined || consent === undefined) {
    throw new Error("oidc-provider's own policy has changed.");
  }
  login.checks.add(
    new Check("session_fits", "the session does not meet the request", "login_required", (ctx) =>
      sessionFits(ctx) && isHinted(ctx, hash) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
    ),
  );
  login.checks.add(
    new Check(ONLY_FACTOR_MISSING, "the session lacks the second factor", "login_required", (ctx) =>
      hasRequiredFactor(ctx) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
    ),
  );
  // These require exactly the requested value, and would send a user who proved more into a loop.
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

/** A session counts only for the requested office, and within that office's session length. */
function sessionFits(ctx: KoaContextWithOIDC): boolean {
  const { session } = ctx.oidc;
  if (session?.accountId === undefined) {
    // Another check asks for the sign-in.
    return true;
  }
  const account = currentWork()?.account(session.accountId) ?? null;
  if (account === null || !isActive(account)) {
    return false;
  }
  return isOfRequestedOffice(ctx, account) && isWithinSession(account, session.loginTs);
}

/**
 * The signed-in user must be the one that `id_token_hint` names (OpenID Connect Core 1.0 section 3.1.2.1). oidc-provider,
 * which has verified the hint by now, compares them only before the sign-in, not after it.
 */
function isHinted(ctx: KoaContextWithOIDC, hash: KeyedHash): boolean {
  const { params, session, client } = ctx.oidc;
  const hint = params?.["id_token_hint"];
  return (
    typeof hint !== "string" ||
    session?.accountId === undefined ||
    client === undefined ||
    jwtPayload(hint)["sub"] === clientSubject(hash, client, session.accountId)
  );
}

function isOfRequestedOffice(ctx: KoaContextWithOIDC, account: Account): boolean {
  const pinned = pinnedOffice(ctx.oidc.client);
  if (pinned !== null) {
    return pinned === account.office.id;
  }
  const asked = ctx.oidc.params?.["office"];
  return typeof asked !== "string" || foldOfficeCode(asked) === account.office.code;
}

/** Whether the session has the factor that the office demands now, and that this request asks for. */
function hasRequiredFactor(ctx: KoaContextWithOIDC): boolean {
  const { session, params } = ctx.oidc;
  const account = session?.accountId === undefined ? null : currentWork()?.account(session.accountId);
  if (account === null || account === undefined) {
    // Another check asks for the sign-in.
    return true;
  }
  const isAsked = asksForSecondFactor(params ?? {});
  const proved = provedBy({ amr: session?.amr, acr: session?.acr, authTime: session?.loginTs });
  return (
    satisfies(account.office.secondFactor, proved, epochSeconds(now())) &&
    (!isAsked || session?.acr === ACR.secondFactor)
  );
}

/**
 * Any program on a device can claim a native application's redirect address, so a session alone is not enough for a
 * code: the user has to sign in or confirm in this very request (RFC 8252 section 8.6).
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
