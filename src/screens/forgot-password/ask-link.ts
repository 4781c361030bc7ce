import type { BrowserPage } from "../../platform/web/browser-forms.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Fields } from "../../platform/web/form.ts";
import { fault, type FieldError } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import { minutesUntil, now } from "../../kernel/clock.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

/** The page on which a user asks for a link; filled in with what the sign-in that was left knows already. */
export function askLinkPage(deps: ForgotPasswordDeps): BrowserPage {
  const { links, offices, cookies, leftSignIns, renderer } = deps;
  return {
    path: "/forgot-password",
    purpose: () => "forgot-password",
    show: async (ctx) => {
      const remembered = cookies.read(ctx, "office");
      const { uid, left } = await cameFrom(deps, ctx);
      const known = left?.officeCode ?? "";
      const officeCode = known === "" ? (remembered ?? "") : known;
      return {
        view: "forgot-password/ask",
        model: {
          office: remembered === null ? null : await offices.findByCode(remembered),
          values: { officeCode, username: left?.username ?? "" },
          autofocus: officeCode === "" ? "officeCode" : "username",
          backHref: uid === null ? null : `/interaction/${uid}`,
          whichOfficeHref: uid === null ? "/which-office-code" : `/which-office-code?from=${uid}`,
        },
      };
    },
    submit: async (ctx, { officeCode = "", username = "" }) => {
      const t = renderer.translate(ctx);
      const values = { officeCode, username };
      const errors = missingFields(values, t);
      if (errors.length > 0) {
        return { type: "errors", errors, values };
      }
      const left = await leftSignIns.find(cookies.read(ctx, "from"));
      const { visitor } = ctx.state;
      const answer = await links.ask({ ...values, applicationId: left?.application.id ?? null, visitor });
      if (answer.type === "too-many") {
        const minutes = minutesUntil(now(), answer.until);
        return fault(null, t("forgotPassword.tooMany", { minutes }), values);
      }
      return { type: "done", to: "/forgot-password/sent" };
    },
  };
}

/** The sign-in that a page was opened from: in its link, and in a cookie once a form is sent. */
export async function cameFrom({ leftSignIns, cookies }: ForgotPasswordDeps, ctx: Context) {
  if (ctx.method === "POST") {
    return { uid: cookies.read(ctx, "from"), left: null };
  }
  const left = await leftSignIns.find(ctx.query["from"]);
  if (left !== null) {
    cookies.write(ctx, "from", left.uid);
  }
  return { uid: left?.uid ?? null, left };
}

function missingFields(values: Fields, t: Translate): FieldError[] {
  return ["officeCode", "username"]
    .filter((field) => (values[field] ?? "").trim() === "")
    .map((field) => ({ field, message: t(`password.${field}.required`) }));
}
