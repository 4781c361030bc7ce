import type { MailChange } from "../../../domain/users/mail-change.ts";
import { mailSchema } from "../../../domain/users/user.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { ownerOf, type ChangePage } from "../page.ts";
import { shownMail } from "../../../kernel/typed-text/typed-mail.ts";

/** Requests another email address. A link goes there to confirm it. */
export function mailPage(changes: MailChange): ChangePage {
  return {
    path: "/account/mail",
    tab: "general",
    needsFactor: false,
    change: "mail",
    keeps: ["mail"],
    show: ({ overview, session, t }) =>
      Promise.resolve({
        view: "mail",
        office: overview.office,
        model: {
          values: { mail: "" },
          autofocus: "mail",
          present: shownMail(session.account.mail ?? "") || t("account.mail.none"),
        },
      }),
    submit: async (context, { mail = "" }) => {
      const wrong = (key: string) => fault("mail", context.t(key), { mail });
      const parsed = mailSchema.safeParse(mail);
      if (!parsed.success) {
        return wrong("whichOffice.invalid");
      }
      const asked = await changes.ask(ownerOf(context), parsed.data);
      switch (asked) {
        case "asked":
          return { type: "done", to: "/account", done: "mail" };
        case "same":
          return wrong("account.mail.same");
        case "too-many":
          return wrong("account.mail.tooMany");
        case "held":
          return wrong("account.mail.held");
      }
    },
  };
}

/**
 * The page behind the link to the new address. Opening it changes nothing, because mail scanners open links. Only the
 * user who requested the change can confirm it.
 */
export function confirmMailPage(changes: MailChange): ChangePage {
  return {
    path: "/account/mail/confirm",
    tab: "general",
    needsFactor: false,
    change: "mail",
    show: ({ overview }) =>
      Promise.resolve({
        view: "confirm",
        office: overview.office,
        model: { texts: "account.confirmMail", name: "", backHref: "/account" },
      }),
    submit: async (context) => {
      const { linkToken: token, t } = context;
      const result = token === null ? "gone" : await changes.confirm(ownerOf(context), token);
      return result === "changed"
        ? { type: "done", to: "/account", done: "mailChanged" }
        : fault(null, t(`account.mail.${result}`));
    },
  };
}
