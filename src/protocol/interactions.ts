import type { IncomingMessage, ServerResponse } from "node:http";
import type { InteractionResults, Provider } from "oidc-provider";
import { errors } from "./library.ts";
import type { Application } from "../domain/applications/application.ts";
import { epochSeconds, now } from "../kernel/clock.ts";
import { PageError } from "../kernel/errors.ts";
import { homeOf, tokenOfAttempt } from "../kernel/home.ts";
import { type AskedConsent, readAsked } from "./requests/asked-consent.ts";
import { OTHER_USER } from "./requests/interaction-policy.ts";
import { asksForPhishingResistance, asksForSecondFactor } from "./requests/requested-acr.ts";
import { continuedSession, type ContinuedSession } from "./continued-session.ts";
import { addConsent, type Refused } from "./models/grants.ts";
import { currentWork } from "./models/unit-of-work.ts";
import { findStoredRequest, type RequestStores } from "./models/stored-request.ts";

const PROMPTS = ["login", "consent", OTHER_USER] as const;

/** What an application waits for a user to do: a sign-in, a consent, or a choice where another user is signed in. */
export interface Interaction {
  readonly uid: string;
  readonly prompt: (typeof PROMPTS)[number];
  readonly application: Application;
  /** Parameters of the authorization request. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether the application asks for more than the password, whatever the office demands. */
  readonly asksForSecondFactor: boolean;
  /** Whether it asks for a factor that resists phishing. */
  readonly asksForPhishingResistance: boolean;
  /** The user with a session in this browser, if any. */
  readonly sessionAccountId: string | null;
  /** The uid of that session; null when there is none. */
  readonly sessionUid: string | null;
  /** The session that the sign-in continues, where only the second factor is missing. */
  readonly continues: ContinuedSession | null;
  /** What the application asks for; empty unless the prompt is a consent. */
  readonly asked: AskedConsent;
  /** What the page of the consent was answered a moment ago; null while it was not. */
  readonly decision: Decision | null;
  /** Whether the user has cancelled it, and only the answer to the application is left. */
  readonly isDenied: boolean;
  /** The address where oidc-provider goes on with an answered one. A finished sign-in has its answer already (`models/finished-login.ts`). */
  readonly returnTo: string;
}

/** Whether the user allows what is asked, without what is refused of it. */
export interface Decision {
  readonly isAllowed: boolean;
  readonly refused: Refused;
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

interface Deps extends RequestStores {
  readonly provider: Provider;
}

/** How screens answer oidc-provider: pending interactions and what became of them. */
export class Interactions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The interaction of this browser's cookie, which has to be the one in the address. oidc-provider reads only the
   * cookie, and a victim's cookie with an attacker's address must have no effect. Throws PageError "expired".
   */
  async get(exchange: Exchange, uid: string): Promise<Interaction> {
    const details = await this.#details(exchange);
    if (details.uid !== uid) {
      throw new PageError("expired");
    }
    const { prompt, params, session } = details;
    const application = await this.#deps.applications.find(String(params["client_id"]));
    const name = PROMPTS.find((known) => known === prompt.name);
    if (application === null || name === undefined) {
      throw new PageError("expired");
    }
    return {
      uid,
      prompt: name,
      application,
      params,
      asksForSecondFactor: asksForSecondFactor(params),
      asksForPhishingResistance: asksForPhishingResistance(params),
      sessionAccountId: session?.accountId ?? null,
      sessionUid: session?.uid ?? null,
      continues: await this.#continues(details),
      returnTo: details.returnTo,
      decision: decisionOf(details.result),
      isDenied: details.result?.error !== undefined,
      asked: readAsked(prompt.details),
    };
  }

  /** The application gets `access_denied` (RFC 6749 section 4.1.2.1). */
  deny(exchange: Exchange): Promise<string> {
    return this.#answer(exchange, { error: "access_denied", error_description: "the user cancelled" });
  }

  /** The user wants to sign in as the one that the application asks for: the sign-in page follows. */
  signInAsAsked(exchange: Exchange): Promise<string> {
    return this.#answer(exchange, { [OTHER_USER]: { isChosen: true } });
  }

  /** The signed-in user stays; the application learns that the one it asked for did not sign in (OpenID Connect Core 1.0 section 3.1.2.1). */
  async keepSignedIn(exchange: Exchange): Promise<string> {
    const { deviceCode } = await this.#details(exchange);
    const error_description = "the user who id_token_hint or claims asks for did not sign in";
    // RFC 8628 section 3.5 knows only this error for a device.
    const error = deviceCode === undefined ? "login_required" : "access_denied";
    return this.#answer(exchange, { error, error_description });
  }

  /**
   * Grants exactly what the page has shown, without what the user has refused of it; a forged form cannot add to it. The same form once
   * more, such as by a double click, grants the same: a consent has one grant, however often it is sent.
   */
  async consent(exchange: Exchange, { application, asked }: Interaction, refused: Refused): Promise<string> {
    const { provider } = this.#deps;
    const details = await this.#details(exchange);
    const accountId = details.session?.accountId;
    if (accountId === undefined) {
      throw new PageError("expired");
    }
    const own = tokenOfAttempt(homeOf(accountId), `grant of ${details.uid} to ${accountId}`);
    const before = details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId);
    const found = before ?? (await provider.Grant.find(own));
    const grant = found ?? new provider.Grant({ accountId, clientId: application.id });
    grant.jti = found?.jti ?? own;
    await addConsent(provider, grant, { asked, refused });
    const grantId = await grant.save();
    const returnTo = await this.#answer(exchange, { consent: { grantId, refused } }, true);
    // Where it adds nothing, the same form has just stored the same: its grant was not there yet when this one looked.
    await currentWork()?.commit();
    return returnTo;
  }

  /** The application that started an interaction, and its parameters; null when it has ended or expired. */
  async findRequestOf(uid: string): Promise<Pick<Interaction, "application" | "params"> | null> {
    const found = await findStoredRequest(this.#deps, uid);
    return found === null || found.endsAt <= epochSeconds(now()) ? null : found;
  }

  /** The resource server with this identifier. */
  findResource(identifier: string): Promise<Application | null> {
    return this.#deps.applications.findByResource(identifier);
  }

  #answer(
    { req, res }: Exchange,
    result: InteractionResults,
    mergeWithLastSubmission = false,
  ): Promise<string> {
    return this.#deps.provider.interactionResult(req, res, result, { mergeWithLastSubmission });
  }

  async #continues(details: Awaited<ReturnType<Provider["interactionDetails"]>>) {
    const { provider } = this.#deps;
    const uid = details.session?.uid;
    const session = uid === undefined ? undefined : await provider.Session.findByUid(uid);
    return continuedSession(details, session, now());
  }

  async #details({ req, res }: Exchange) {
    try {
      return await this.#deps.provider.interactionDetails(req, res);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) {
        throw new PageError("expired", { cause: error });
      }
      throw error;
    }
  }
}

function decisionOf(result: InteractionResults | undefined): Decision | null {
  if (result?.error !== undefined) {
    return { isAllowed: false, refused: [] };
  }
  const consent = result?.consent as { grantId?: string; refused?: Refused } | undefined;
  return consent === undefined ? null : { isAllowed: true, refused: consent.refused ?? [] };
}

/** Whether a part of an address can be the uid of an interaction. */
export const looksLikeUid = (uid: string): boolean => /^[\w-]{20,64}$/.test(uid);
