import { z } from "zod";
import type { BrowserPage } from "../../platform/web/browser-forms.ts";
import { fault } from "../../platform/web/page-kit.ts";
import { minutesUntil, now } from "../../kernel/clock.ts";
import { officeFrom, originOf } from "./ask-link.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

const mailSchema = z.email().max(254);

/** The page on which a user asks for the office code. */
export function askOfficePage(deps: ForgotPasswordDeps): BrowserPage {
  const { reminder, renderer } = deps;
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
      const mail = (fields["mail"] ?? "").trim();
      const t = renderer.translate(ctx);
      if (!mailSchema.safeParse(mail).success) {
        return fault("mail", t("whichOffice.invalid"), { mail });
      }
      const answer = await reminder.ask({ mail, visitor: ctx.state.visitor });
      if (answer.type === "too-many") {
        const minutes = minutesUntil(now(), answer.until);
        return fault(null, t("forgotPassword.tooMany", { minutes }), { mail });
      }
      return { type: "done", to: "/which-office-code/sent" };
    },
  };
}
