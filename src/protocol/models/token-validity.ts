import { satisfies } from "../../domain/factors/factor.ts";
import { isStillProved, type ProofAge } from "../../domain/users/still-proved.ts";
import { isActive, type Account } from "../../domain/users/user.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { ACR, provedBy, redeemedBy } from "../claims.ts";
import { Provider } from "../library.ts";
import { isWithinSession } from "../requests/session-length.ts";
import { KIND, type Kind, type Payload } from "./oidc-model.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";

/** The login in a finished interaction, else the model itself: what carries the proof of a model. */
const carrierOf = (kind: Kind, payload: Payload): Payload | null =>
  kind === KIND.Interaction ? fieldsOf(fieldsOf(payload["result"])?.["login"]) : payload;

/** The id of the account that a model belongs to; for an interaction, first of all, the one that has signed in. */
export function accountIdOf(kind: Kind, payload: Payload): string | null {
  return textOrNull(carrierOf(kind, payload)?.["accountId"]) ?? textOrNull(payload["accountId"]);
}

/**
 * Whether a model still counts: its user may sign in, and has ended nothing that it rests on. `account` is null when it is gone,
 * undefined when the model has none. An interaction is judged by its finished sign-in, and a grant by what belongs to it.
 */
export function isStillValid(kind: Kind, payload: Payload, account: Account | null | undefined): boolean {
  const carrier = kind === KIND.Grant ? null : carrierOf(kind, payload);
  if (account === undefined || carrier === null) {
    return true;
  }
  if (account === null || !isActive(account)) {
    return false;
  }
  const at = carrier["loginTs"] ?? carrier["authTime"] ?? carrier["ts"] ?? carrier["iat"];
  const proof = {
    at,
    session: sessionOf(kind, payload),
    hasSkippedCode: carrier["acr"] === ACR.trustedBrowser,
  };
  return isDated(proof) && isStillProved(account, proof) && meetsPolicy(kind, carrier, account);
}

/**
 * An access token with the proof behind it, which oidc-provider does not store: a code that was redeemed while
 * its user ended all sessions would otherwise leave a token that is newer than the end.
 */
export function withProof(kind: Kind, payload: Payload): Payload {
  const redeemed = redeemedBy(Provider.ctx);
  if (kind !== KIND.AccessToken || redeemed === undefined) {
    return payload;
  }
  const { authTime, acr, amr } = redeemed;
  return { ...payload, authTime, acr, amr };
}

/** Models that an application holds for a user. Sessions are judged by the interaction policy, which lets the user prove more. */
const HELD: readonly Kind[] = [KIND.AuthorizationCode, KIND.AccessToken, KIND.RefreshToken, KIND.DeviceCode];

/**
 * Whether a code or token still meets what the office demands. It is asked at every use: no event marks the day from
 * which a second factor is required. A token can be revoked whatever it proves, or a weaker policy would revive it.
 */
function meetsPolicy(kind: Kind, payload: Payload, account: Account): boolean {
  if (!HELD.includes(kind) || Provider.ctx?.oidc.route === "revocation") {
    return true;
  }
  const { acr, amr } = payload;
  const authTime = typeof payload["authTime"] === "number" ? payload["authTime"] : undefined;
  const proved = provedBy({
    amr: Array.isArray(amr) ? amr.map(String) : undefined,
    acr: textOrNull(acr) ?? undefined,
    authTime,
  });
  return (
    satisfies(account, proved, epochSeconds(now())) &&
    (payload["expiresWithSession"] !== true || isWithinSession(account, authTime))
  );
}

/** The session that a model belongs to: its own uid, or that of the session in which it was issued or begun. */
function sessionOf(kind: Kind, payload: Payload): string | null {
  const { session, sessionUid, uid } = payload;
  if (kind === KIND.Session) {
    return textOrNull(uid);
  }
  return textOrNull(kind === KIND.Interaction ? fieldsOf(session)?.["uid"] : sessionUid);
}

type Dated = Omit<ProofAge, "at"> & { readonly at: unknown };

const isDated = (proof: Dated): proof is ProofAge => typeof proof.at === "number";

const fieldsOf = (value: unknown): Payload | null =>
  typeof value === "object" && value !== null ? { ...value } : null;
