import { isDeepStrictEqual } from "node:util";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { Payload, StoredModel } from "./oidc-model.ts";

/** A session that is only used is written at most this often, because only its expiry would change. */
const REWRITE_SECONDS = 60;

/** Whether a session need not be written again. */
export function isUnchangedSession(before: StoredModel | null, after: Payload): boolean {
  if (before === null) {
    return false;
  }
  const age = epochSeconds(now()) - epochSeconds(before.savedAt);
  return age < REWRITE_SECONDS && isDeepStrictEqual(withoutEnd(before.payload), withoutEnd(after));
}

/** As JSON reads it back, without `undefined`, and without the expiry, which always changes. */
const withoutEnd = (payload: Payload): unknown => JSON.parse(JSON.stringify({ ...payload, exp: 0 }));
