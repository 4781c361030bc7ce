import { z } from "zod";
import { firstOf, type ForeignUser } from "./foreign-user.ts";

const text = z.string().nullish();
/** Databases write what is true or false in several ways. */
const bit = z.union([z.boolean(), z.number().transform((value) => value !== 0)]).nullish();
const user = z.looseObject({
  UserName: z.string(),
  Email: text,
  PasswordHash: text,
  PhoneNumber: text,
  PhoneNumberConfirmed: bit,
  TwoFactorEnabled: bit,
  LockoutEnd: text,
  AuthenticatorKey: text,
});

/** Rows of `AspNetUsers` with the key of their app; the query is in docs/migrating.md. */
export function fromAspNet(exported: readonly unknown[], at: Date): ForeignUser[] {
  return z
    .array(user)
    .parse(exported)
    .map((one) => {
      const hasApp = one.TwoFactorEnabled === true && firstOf(one.AuthenticatorKey) !== "";
      return {
        username: one.UserName,
        name: one.UserName,
        mail: one.Email ?? null,
        number: one.PhoneNumber ?? null,
        isNumberConfirmed: one.PhoneNumberConfirmed === true,
        passwordHash: one.PasswordHash ?? null,
        app: hasApp ? { secret: firstOf(one.AuthenticatorKey) } : null,
        // Accounts are disabled by an end of the lockout that is years away; one of minutes is over after the move.
        isDisabled: Date.parse(one.LockoutEnd ?? "") - at.getTime() > DAY_MS,
      };
    });
}

const DAY_MS = 86_400_000;
