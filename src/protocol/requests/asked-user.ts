import type { KoaContextWithOIDC } from "oidc-provider";
import { z } from "zod";
import type { KeyedHash } from "../../kernel/secret.ts";
import { clientSubject } from "../keys/pairwise.ts";
import { errors } from "../library.ts";
import { jwtPayload } from "./jwt-payload.ts";

/** OpenID Connect Core 1.0 section 5.5.1: a claim is null, or an object with the value or the values that it should have. */
const askedSchema = z.object({
  id_token: z
    .object({
      sub: z.object({ value: z.string().optional(), values: z.array(z.string()).optional() }).nullish(),
    })
    .optional(),
});

/** Refuses a `claims` parameter whose `sub` cannot be read. Throws InvalidRequest. */
export function checkAskedSubject(claims: object): void {
  if (!askedSchema.safeParse(claims).success) {
    throw new errors.InvalidRequest(
      "claims: id_token.sub must be null, or an object whose value is a text and whose values are a list of texts",
    );
  }
}

/**
 * Whether the signed-in user is the one that the request asks for, by `id_token_hint` or by `claims` (OpenID Connect Core 1.0
 * sections 3.1.2.1 and 5.5.1). True where no user is signed in or none is asked for. A subject that does not exist is compared like
 * one that does: looking it up would tell an application which accounts there are.
 */
export function isAskedUser({ oidc }: KoaContextWithOIDC, hash: KeyedHash): boolean {
  const { params, session, client } = oidc;
  if (session?.accountId === undefined || client === undefined) {
    return true;
  }
  const own = clientSubject(hash, client, session.accountId);
  return [hinted(params?.["id_token_hint"]), ...claimed(params?.["claims"])].every(
    (subjects) => subjects === null || subjects.includes(own),
  );
}

type Subjects = readonly unknown[] | null;

/** oidc-provider has verified the hint by now. */
const hinted = (hint: unknown): Subjects => (typeof hint === "string" ? [jwtPayload(hint)["sub"]] : null);

function claimed(claims: unknown): readonly Subjects[] {
  if (typeof claims !== "string") {
    return [];
  }
  const sub = askedSchema.parse(JSON.parse(claims)).id_token?.sub;
  return [sub?.value === undefined ? null : [sub.value], sub?.values ?? null];
}
