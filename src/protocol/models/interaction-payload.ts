import type { Payload } from "./oidc-model.ts";

/** An interaction without its credentials: the session cookie, and its own uid, which also ends the return address. */
export function concealInteraction(payload: Payload, uid: string): Payload {
  const { session, returnTo } = payload;
  const hasSession = typeof session === "object" && session !== null;
  return {
    ...payload,
    ...(hasSession ? { session: { ...session, cookie: undefined } } : {}),
    ...(isText(returnTo) && returnTo.endsWith(uid) ? { returnTo: returnTo.slice(0, -uid.length) } : {}),
  };
}

/**
 * The interaction as oidc-provider reads it. It gets the return address from the uid that the browser presents. A finished sign-in
 * that does not count any more (`isValid` false) leaves only the request, which then asks for the password again.
 */
export function revealInteraction(
  { result, ...payload }: Payload,
  { uid, isValid }: { uid: string; isValid: boolean },
): Payload {
  const { returnTo } = payload;
  const isStored = isText(returnTo) && returnTo.endsWith("/");
  return {
    ...payload,
    ...(isValid && result !== undefined ? { result } : {}),
    ...(isStored ? { returnTo: `${returnTo}${uid}` } : {}),
  };
}

/** A browser follows the last redirect at once. One minute with the 15 seconds by which oidc-provider lets every end slip (`clockTolerance`). */
const RESULT_SECONDS = 45;

/** An answered interaction lives one minute, and never longer than before. `now`: seconds since 1970. */
export function endsSoon(payload: Payload, now: number): Payload {
  const { result, exp } = payload;
  return result === undefined || typeof exp !== "number"
    ? payload
    : { ...payload, exp: Math.min(exp, now + RESULT_SECONDS) };
}

const isText = (value: unknown): value is string => typeof value === "string";
