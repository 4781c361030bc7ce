import type { KoaContextWithOIDC } from "oidc-provider";
import { APPLICATION_TYPES, rulesOf } from "../../domain/applications/application-types.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { errors, interactionPolicy } from "../library.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { foldOfficeCode } from "../../domain/offices/office.ts";
import { isActive, type Account } from "../../domain/users/user.ts";
import { FACTORS, satisfies } from "../../domain/factors/factor.ts";
import {
  asksForPhishingResistance,
  asksForSecondFactor,
  demandsPhishingResistance,
} from "./requested-acr.ts";
import { ACR, provedBy } from "../claims.ts";
import { askedDetails } from "./asked-consent.ts";
import { isAskedUser } from "./asked-user.ts";
import { pinnedOffice } from "./pinned-office.ts";
import { isWithinSession } from "./session-length.ts";
import { currentWork } from "../models/unit-of-work.ts";

/**
 * Requests: what an authorization request may ask, and when it leads to a page. This folder adds our checks to oidc-provider's
 * policy: the office, the age of the session, the second factor. Start at `createInteractionPolicy`.
 */

const { Check, Prompt, base } = interactionPolicy;

/** The reason of a prompt for which the session has the password but not the second factor. */
export const ONLY_FACTOR_MISSING = "session_factor";

/** The prompt where another user is signed in than the one that the request asks for. The answer to its page has the same name. */
export const OTHER_USER = "other_user";

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
      sessionFits(ctx) && isAskedUser(ctx, hash) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
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
  // `session_fits` compares both, also after a sign-in, and takes a list of subjects too.
  login.checks.remove("id_token_hint");
  login.checks.remove("claims_id_token_sub_value");
  policy.add(otherUserPrompt(hash), 0);
  // It is never pending: `readRequest` makes a login of it. Listed here, because oidc-provider refuses other values.
  policy.add(new Prompt({ name: "select_account", requestable: true }));
  consent.details = askedDetails;
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
 * Comes before the sign-in page, which cannot say why it is shown, and would come back for ever to a user who does not
 * know. The answer only leads on to that page: `session_fits` still stops the session from answering for another user.
 */
function otherUserPrompt(hash: KeyedHash): interactionPolicy.Prompt {
  return new Prompt(
    { name: OTHER_USER },
    new Check(
      "not_the_asked_user",
      "the signed-in user is not the one that id_token_hint or claims asks for",
      "login_required",
      (ctx) =>
        isAskedUser(ctx, hash) || ctx.oidc.result?.[OTHER_USER] !== undefined
          ? Check.NO_NEED_TO_PROMPT
          : Check.REQUEST_PROMPT,
    ),
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
  const proved = provedBy({ amr: session?.amr, acr: session?.acr, authTime: session?.loginTs });
  return satisfies(account, proved, epochSeconds(now())) && reachesAsked(params ?? {}, session?.acr, account);
}

/**
 * A wish for a factor that resists phishing is met as far as the office accepts one; an essential one that no user there can meet ends
 * the request, instead of leading to the same page again and again.
 */
function reachesAsked(
  params: Readonly<Record<string, unknown>>,
  acr: string | undefined,
  { office }: Account,
): boolean {
  if (asksForPhishingResistance(params)) {
    const accepts = office.secondFactor.methods.some((kind) => FACTORS[kind].resistsPhishing);
    if (accepts) {
      return acr === ACR.phishingResistant;
    }
    if (demandsPhishingResistance(params)) {
      throw new errors.UnmetAuthenticationRequirements("the user's office accepts no such factor");
    }
  }
  return !asksForSecondFactor(params) || acr === ACR.secondFactor || acr === ACR.phishingResistant;
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
