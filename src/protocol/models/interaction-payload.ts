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

/** Restores the return address from the uid that the browser presents. */
export function revealInteraction(payload: Payload, uid: string): Payload {
  const { returnTo } = payload;
  return isText(returnTo) && returnTo.endsWith("/") ? { ...payload, returnTo: `${returnTo}${uid}` } : payload;
}

const isText = (value: unknown): value is string => typeof value === "string";
