import type { KoaContextWithOIDC } from "oidc-provider";
import { z } from "zod";
import type { KeyedHash } from "../../kernel/secret.ts";
import { clientSubject } from "../keys/pairwise.ts";

/**
 * The hint of a sign-out as oidc-provider has verified it: signature, issuer, audience and algorithm. A hint that has expired counts
 * (OpenID Connect RP-Initiated Logout 1.0 section 4). Other JWTs of ours name a `sub` and a `sid` too, and applications get them.
 */
const hintSchema = z.object({
  header: z.object({ typ: z.literal("JWT").optional() }),
  payload: z.object({
    sub: z.string().min(1),
    sid: z.string().min(1),
    events: z.never().optional(),
  }),
});

/**
 * Whether the sign-out is the act of a first-party application whose session it is, and has a registered address to go to. Such a
 * sign-out is not confirmed. The hint has to name this session: one of another session of the same user, or of another user in this
 * browser, may come from anywhere by a link.
 */
export function isMeantForThisSession(ctx: KoaContextWithOIDC, hash: KeyedHash): boolean {
  const { client, session, params, entities } = ctx.oidc;
  const hint = hintSchema.safeParse(entities["IdTokenHint"]);
  if (
    client?.["urn:vestibule:first_party"] !== true ||
    session?.accountId === undefined ||
    params?.["post_logout_redirect_uri"] === undefined ||
    !hint.success
  ) {
    return false;
  }
  const { sub, sid } = hint.data.payload;
  return (
    sub === clientSubject(hash, client, session.accountId) &&
    sid === session.authorizations?.[client.clientId]?.sid
  );
}

/** A browser that fetches a page in advance has no user who asked for it, and HEAD changes nothing (RFC 9110 section 9.2.1). */
export const isOpened = (ctx: KoaContextWithOIDC): boolean =>
  ctx.method !== "HEAD" && !/prefetch|prerender/i.test(`${ctx.get("Sec-Purpose")} ${ctx.get("Purpose")}`);
