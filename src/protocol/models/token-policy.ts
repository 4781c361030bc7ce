import { satisfies } from "../../domain/factors/factor.ts";
import type { Account } from "../../domain/users/user.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { provedBy } from "../claims.ts";
import { Provider } from "../library.ts";
import { isWithinSession } from "../requests/interaction-policy.ts";
import { KIND, type Kind, type Payload } from "./oidc-model.ts";

/** Models that an application holds for a user. Sessions are judged by the interaction policy, which lets the user prove more. */
const HELD: readonly Kind[] = [KIND.AuthorizationCode, KIND.AccessToken, KIND.RefreshToken, KIND.DeviceCode];

/** An access token with what the code or refresh token of this request proves. oidc-provider keeps that only in the others. */
export function withProof(kind: Kind, payload: Payload): Payload {
  if (kind !== KIND.AccessToken) {
    return payload;
  }
  const { AuthorizationCode, RefreshToken, DeviceCode } = Provider.ctx?.oidc.entities ?? {};
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode;
  return source === undefined
    ? payload
    : { ...payload, amr: source.amr, acr: source.acr, authTime: source.authTime };
}

/**
 * Whether a code or token still meets what the office demands at `at`. It is asked at every use: no event marks the day
 * from which a second factor is required. A token can be revoked whatever it proves, or a weaker policy would revive it.
 */
export function meetsPolicy(
  kind: Kind,
  account: Account | null | undefined,
  payload: Payload,
  at: Date,
): boolean {
  if (account === null || account === undefined || !HELD.includes(kind) || isRevoked()) {
    return true;
  }
  const authTime = typeof payload["authTime"] === "number" ? payload["authTime"] : undefined;
  return (
    hasRequiredFactor(account, { ...payload, authTime }, at) &&
    (payload["expiresWithSession"] !== true || isWithinSession(account, authTime))
  );
}

const isRevoked = (): boolean => Provider.ctx?.oidc.route === "revocation";

function hasRequiredFactor(
  { office }: Account,
  { amr, acr, authTime }: { amr?: unknown; acr?: unknown; authTime: number | undefined },
  at: Date,
): boolean {
  const proved = provedBy({
    amr: Array.isArray(amr) ? amr.map(String) : undefined,
    acr: typeof acr === "string" ? acr : undefined,
    authTime,
  });
  return satisfies(office.secondFactor, proved, epochSeconds(at));
}
