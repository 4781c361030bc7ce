import { z } from "zod";
import { LANGUAGE_CODES, LANGUAGES } from "../../../kernel/languages.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { personNameSchema } from "../../../domain/users/user.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { ownerOf, type ChangePage } from "../page.ts";

/**
 * The account pages, one file each: what a page shows and what its form changes. `../routes.ts` has already checked the
 * user and does all redirects. This page is the simplest one; `mail.ts` and `number.ts` need more proof.
 */

const form = z.object({
  name: personNameSchema,
  language: z.enum([...LANGUAGE_CODES, ""]).transform((value) => (value === "" ? null : value)),
});

/** Name and language. */
export function profilePage(own: OwnAccount): ChangePage {
  return {
    path: "/account/profile",
    tab: "general",
    needsFactor: false,
    show: ({ session, overview, t }) =>
      Promise.resolve({
        view: "profile",
        office: overview.office,
        model: {
          values: { name: session.account.name, language: session.account.language ?? "" },
          choices: [
            { value: "", label: t("account.language.office") },
            ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          ],
          autofocus: "name",
        },
      }),
    submit: async (context, fields) => {
      const parsed = form.safeParse(fields);
      if (!parsed.success) {
        const { name = "", language = "" } = fields;
        const message = context.t("account.name.wrong");
        return fault("name", message, { name, language });
      }
      await own.changeProfile(ownerOf(context), parsed.data);
      return { type: "done", to: "/account", done: "profile", language: parsed.data.language };
    },
  };
}
