import type { BrowserPage } from "../../platform/web/browser-forms.ts";
import { fault } from "../../platform/web/page-kit.ts";
import { minutesUntil, now } from "../../kernel/clock.ts";
import { officeFrom, originOf } from "./ask-link.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";
import { mailSchema } from "../../domain/users/user.ts";

/** The page on which a user asks for the office code. */
export function askOfficePage(deps: ForgotPasswordDeps): BrowserPage {
  const { reminder, renderer, cookies } = deps;
  return {
    path: "/which-office-code",
    purpose: () => "which-office-code",
    show: async (ctx) => {
      const { uid } = await originOf(deps, ctx);
      const backHref = uid === null ? null : `/interaction/${uid}`;
      return {
        view: "forgot-password/which-office",
        model: { office: await officeFrom(deps, ctx), values: { mail: "" }, autofocus: "mail", backHref },
      };
    },
    submit: async (ctx, fields) => {
      const { mail = "" } = fields;
      const t = renderer.translate(ctx);
      const parsed = mailSchema.safeParse(mail);
      if (!parsed.success) {
        return fault("mail", t("whichOffice.invalid"), { mail });
      }
      const form = cookies.read(ctx, "form");
      const answer = await reminder.ask({ mail: parsed.data, visitor: ctx.state.visitor, form });
      if (answer.type === "too-many") {
        const minutes = minutesUntil(now(), answer.until);
        return fault(null, t("forgotPassword.tooMany", { minutes }), { mail });
      }
      return { type: "done", to: "/which-office-code/sent" };
    },
  };
}
