import { z } from "zod";
import { TIME_ZONE_CHOICES } from "../../../kernel/time-zone.ts";
import { LANGUAGE_CODES, LANGUAGES } from "../../../kernel/languages.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { timeZoneSchema } from "../../../domain/offices/office.ts";
import { personNameSchema } from "../../../domain/users/user.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { ownerOf, type ChangePage } from "../page.ts";

/**
 * The account pages, one file each: what a page shows and what its form changes. `../routes.ts` has already checked the
 * user and does all redirects. This page is the simplest one; `mail.ts` and `number.ts` need more proof.
 */

const form = z.object({
  name: personNameSchema,
  timeZone: z.union([z.literal("").transform(() => null), timeZoneSchema]),
  language: z.enum([...LANGUAGE_CODES, ""]).transform((value) => (value === "" ? null : value)),
});

/** What to say of each field. */
const WRONG = [
  ["name", "account.name.wrong"],
  ["language", "console.wrong.language"],
  ["timeZone", "account.timeZone.wrong"],
] as const;

/** Name, language and time zone. */
export function profilePage(own: OwnAccount): ChangePage {
  return {
    path: "/account/profile",
    tab: "general",
    needsFactor: false,
    change: "profile",
    keeps: ["name", "language"],
    show: ({ session, overview, t }) =>
      Promise.resolve({
        view: "profile",
        office: overview.office,
        model: {
          values: {
            name: session.account.name,
            language: session.account.language ?? "",
            timeZone: session.account.timeZone ?? "",
          },
          choices: [
            { value: "", label: t("account.language.office") },
            ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          ],
          zones: TIME_ZONE_CHOICES,
          autofocus: "name",
        },
      }),
    submit: async (context, fields) => {
      const parsed = form.safeParse({ timeZone: context.session.account.timeZone ?? "", ...fields });
      if (!parsed.success) {
        const { name = "", language = "", timeZone = "" } = fields;
        const wrong = parsed.error.issues[0]?.path[0];
        const [field, message] = WRONG.find(([one]) => one === wrong) ?? WRONG[0];
        return fault(field, context.t(message), { name, language, timeZone });
      }
      await own.changeProfile(ownerOf(context), parsed.data);
      return { type: "done", to: "/account", done: "profile", language: parsed.data.language };
    },
  };
}
