import type { Application } from "../domain/applications/application.ts";
import { rulesOf } from "../domain/applications/application-types.ts";
import { startAgainAt } from "../domain/applications/application-view.ts";
import { isAmong } from "../domain/applications/normal-address.ts";
import type { StartAgain } from "../kernel/errors.ts";
import { sameBytes, type KeyedHash } from "../kernel/secret.ts";
import type { Context } from "../platform/web/context.ts";
import type { Cookies } from "../platform/web/cookies.ts";
import { ROUTES } from "./addresses.ts";
import { findStoredRequest, type RequestStores, type StoredRequest } from "./models/stored-request.ts";

interface Deps extends RequestStores {
  readonly issuer: string;
  readonly cookies: Cookies;
  /** Sign-ins that are finished, whose request is gone. */
  readonly signIns: { findApplicationOf(uid: string): Promise<string | null> };
}

/** The page of a sign-in, of a consent, or of the end of one. */
const PAGE = /^\/(?:interaction|authorize|device)\/([\w-]{20,64})(?:\/|$)/;

/**
 * Where a user goes on whose page cannot go on: it was open for too long, it is finished, or its cookie is gone. The way is made of
 * what was registered, stored or signed, never of what an address says, or a link could use our page to lead anywhere.
 */
export class ExpiredPageReturn {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Null where nothing is known of the address. */
  async find(ctx: Context): Promise<StartAgain | null> {
    if (ctx.path === ROUTES.code_verification) {
      return TYPE_CODE_AGAIN;
    }
    const [, uid] = PAGE.exec(ctx.path) ?? [];
    if (uid === undefined) {
      return null;
    }
    const request = await findStoredRequest(this.#deps, uid);
    return request === null
      ? startAgainAt(await this.#applicationOf(ctx, uid))
      : this.#backTo(request, this.#isOfThisBrowser(ctx, uid));
  }

  /** The start of the application. One that has none gets an error, in the browser that it sent, and starts again itself. */
  #backTo({ application, params, isDevice }: StoredRequest, isOfThisBrowser: boolean): StartAgain | null {
    if (isDevice) {
      return TYPE_CODE_AGAIN;
    }
    const href =
      application.homeUrl === null && isOfThisBrowser
        ? expiredAnswer(this.#deps.issuer, application, params)
        : null;
    return href === null ? startAgainAt(application) : { name: application.name, href };
  }

  /** Another browser must not get the `state` of this one. */
  #isOfThisBrowser(ctx: Context, uid: string): boolean {
    return (this.#deps.cookies.read(ctx, "sign-ins") ?? "").split(".").includes(uid);
  }

  async #applicationOf(ctx: Context, uid: string): Promise<Application | null> {
    const { applications, signIns, hash } = this.#deps;
    const id = (await signIns.findApplicationOf(uid)) ?? readConsentNote(hash, uid, ctx.query["back"]);
    return id === null ? null : applications.find(id);
  }
}

/** A device shows another code; where a user types it is our own page. */
const TYPE_CODE_AGAIN: StartAgain = { name: null, href: ROUTES.code_verification };

/**
 * An answer of the authorization endpoint that says that the sign-in was open for too long; null where the application takes none by
 * a link. Keycloak as a broker begins the sign-in again by itself for exactly these words.
 */
function expiredAnswer(
  issuer: string,
  { redirectUris, type }: Application,
  { redirect_uri: uri, state, response_mode: mode = "query" }: StoredRequest["params"],
): string | null {
  // The registration may have changed since the request was checked.
  const anyPort = rulesOf(type).redirects === "native";
  if (typeof uri !== "string" || !isAmong(redirectUris, uri, { anyPort })) {
    return null;
  }
  const address = new URL(uri);
  const answer = new URLSearchParams({
    error: "temporarily_unavailable",
    error_description: "authentication_expired",
    ...(typeof state === "string" ? { state } : {}),
    iss: issuer,
  });
  if (mode === "query") {
    answer.forEach((value, name) => {
      address.searchParams.set(name, value);
    });
    return address.href;
  }
  return mode === "fragment" ? Object.assign(address, { hash: answer.toString() }).href : null;
}

/** Notes in the address of a consent which application asks. Nothing else is left of it when it is finished. */
export const consentNote = (hash: KeyedHash, uid: string, applicationId: string): string =>
  `${applicationId}.${signatureOf(hash, uid, applicationId).toString("base64url")}`;

function readConsentNote(hash: KeyedHash, uid: string, note: unknown): string | null {
  const [id = "", signature = ""] = typeof note === "string" ? note.split(".") : [];
  return sameBytes(signatureOf(hash, uid, id), Buffer.from(signature, "base64url")) ? id : null;
}

const signatureOf = (hash: KeyedHash, uid: string, applicationId: string): Buffer =>
  hash(`way back from ${uid} to ${applicationId}`);
