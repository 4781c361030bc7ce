import { z } from "zod";
import { ROLES, type Role } from "../access/role.ts";
import type { FactorKind, SecondFactorPolicy } from "../factors/factor.ts";
import { LANGUAGE_CHOICE, LANGUAGE_CODES } from "../../kernel/languages.ts";
import { isOneLine, nameSchema, NOT_ONE_LINE } from "../../kernel/one-line.ts";
import { typedMail } from "../../kernel/typed-text/typed-mail.ts";
import { typedUsername } from "../../kernel/typed-text/typed-text.ts";
import type { Ends } from "./still-proved.ts";
import { usernameFault } from "./username.ts";

/**
 * Users of exactly one office each. This folder owns their names, roles and addresses, their import and export, and what
 * administrators change in them; passwords are in `../credentials/`. It knows no page. Start at `User`; then
 * `user-administration.ts` for what administrators do, `own-account.ts` for what users do themselves, and `user-import-model.ts` for files.
 */
export interface User {
  /** The OpenID `sub`: opaque, never reused for another user. */
  readonly id: string;
  readonly officeId: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly role: Role;
  readonly language: string | null;
  readonly status: "active" | "disabled";
  /** Incremented by every change; an edit of an older version is a conflict. */
  readonly version: number;
  /** Until then no password link is sent to the mail address, because another user has entered it. */
  readonly linksHeldUntil: Date | null;
  /** Until when the user was a superuser; null: never, or still. */
  readonly ledUntil: Date | null;
  /** Whether the user has opened a link that was sent to this very address, or the operator has said that it is theirs. */
  readonly isMailProved: boolean;
  /** Null where it is not proved, or was proved before the time was kept. */
  readonly mailProvedAt: Date | null;
}

/** The fields of a user that every list and page shows; USER_COLUMNS reads them. */
export type UserFields = Pick<User, "username" | "name" | "mail" | "role" | "language" | "status">;

/** A user with the office, as tokens, sessions and pages see them; read again for every request. */
export interface Account extends UserFields, Ends {
  readonly id: string;
  /** IANA name, chosen on the account page; null: what the browser says. */
  readonly timeZone: string | null;
  /** Whether the user has opened a link that was sent to this very address, or the operator has said that it is theirs. */
  readonly isMailProved: boolean;
  /** Whether the user is the only active superuser of the office, and so has no colleague to ask. */
  readonly isOnlySuperuser: boolean;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** E.164; null unless it is confirmed. */
  readonly mobile: string | null;
  /** Kinds that the user has confirmed. */
  readonly factors: readonly FactorKind[];
  readonly office: {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly status: "open" | "closed";
    readonly language: string;
    readonly timeZone: string | null;
    readonly sessionMinutes: number | null;
    /** Whether a passkey that verifies its user takes the place of the password. */
    readonly isPasswordless: boolean;
    readonly isMailboxEnough: boolean;
    readonly secondFactor: SecondFactorPolicy;
  };
}

/** What users may change of themselves without another proof. */
export interface OwnProfile {
  readonly name: string;
  /** Null: that of the office. */
  readonly language: string | null;
  /** IANA name; null: what the browser says. */
  readonly timeZone: string | null;
}

/** Whether this account may be signed in to. */
export const isActive = (account: Account): boolean =>
  account.status === "active" && account.office.status === "open";

/** The display name of a user, visible to all. */
export const personNameSchema = nameSchema(200);

/** Its host is in ASCII; `shownMail` shows it in its own letters. */
export const mailSchema = z.string().transform(typedMail).pipe(z.email("must be an email address").max(254));

export const newUserSchema = z.object({
  username: z
    .string()
    .trim()
    .refine(isOneLine, NOT_ONE_LINE)
    .transform(typedUsername)
    .superRefine((value, context) => {
      const fault = usernameFault(value);
      if (fault !== null) {
        context.addIssue({ code: "custom", message: fault });
      }
    }),
  name: personNameSchema,
  mail: mailSchema.nullable().default(null),
  role: z.enum(ROLES, { error: `must be one of ${ROLES.join(", ")}` }).default("user"),
  language: z
    .enum(LANGUAGE_CODES, { error: `must be ${LANGUAGE_CHOICE}` })
    .nullable()
    .default(null),
});
export type NewUser = z.output<typeof newUserSchema>;
