import type { Payload } from "./oidc-model.ts";

/** An interaction without what would open it: the session's cookie, and its own uid, with which the way back ends. */
export function concealInteraction(payload: Payload, uid: string): Payload {
  const { session, returnTo } = payload;
  const hasSession = typeof session === "object" && session !== null;
  return {
    ...payload,
    ...(hasSession ? { session: { ...session, cookie: undefined } } : {}),
    ...(isText(returnTo) && returnTo.endsWith(uid) ? { returnTo: returnTo.slice(0, -uid.length) } : {}),
  };
}

/** The same with its way back, for whoever brings the uid. */
export function revealInteraction(payload: Payload, uid: string): Payload {
  const { returnTo } = payload;
  return isText(returnTo) && returnTo.endsWith("/") ? { ...payload, returnTo: `${returnTo}${uid}` } : payload;
}

const isText = (value: unknown): value is string => typeof value === "string";
