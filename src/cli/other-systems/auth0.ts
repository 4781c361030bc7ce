import { z } from "zod";
import { firstOf, type ForeignUser } from "./foreign-user.ts";

const text = z.string().nullish();
const profile = z.looseObject({
  user_id: z.string(),
  email: text,
  username: text,
  name: text,
  nickname: text,
  phone_number: text,
  phone_verified: z.boolean().nullish(),
  blocked: z.boolean().nullish(),
});
const secret = z.looseObject({ _id: z.looseObject({ $oid: z.string() }), passwordHash: z.string() });

/** The users of a bulk export, and after them, from Auth0's support, their password hashes: one belongs to the other by its id. */
export function fromAuth0(exported: readonly unknown[]): ForeignUser[] {
  const hashes = new Map(
    exported.flatMap((one) => {
      const found = secret.safeParse(one).data;
      return found === undefined ? [] : [[found._id.$oid, found.passwordHash] as const];
    }),
  );
  const profiles = exported.filter((one) => !secret.safeParse(one).success);
  return z
    .array(profile)
    .parse(profiles)
    .map((one) => ({
      username: firstOf(one.username, one.email, one.phone_number),
      name: firstOf(one.name, one.nickname, one.email, one.username),
      mail: one.email ?? null,
      number: one.phone_number ?? null,
      isNumberConfirmed: one.phone_verified === true,
      // "auth0|…" are the users of a database; those of social connections have no password.
      passwordHash: hashes.get(one.user_id.replace(/^auth0\|/, "")) ?? null,
      isDisabled: one.blocked === true,
    }));
}
