import { readBrowser } from "../../platform/web/browser-cookie.ts";
import type { BrowserPage } from "../../platform/web/browser-forms.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Fields } from "../../platform/web/form.ts";
import { fault, type FieldError } from "../../platform/web/page-kit.ts";
import type { Translate } from "../../kernel/languages.ts";
import { minutesUntil, now } from "../../kernel/clock.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

/** The page on which a user asks for a link, prefilled from the interrupted sign-in. */
export function askLinkPage(deps: ForgotPasswordDeps): BrowserPage {
  const { links, cookies, renderer } = deps;
  return {
    path: "/forgot-password",
    purpose: () => "forgot-password",
    show: async (ctx) => {
      const remembered = cookies.read(ctx, "office");
      const { uid, signIn } = await originOf(deps, ctx);
      const known = signIn?.officeCode ?? "";
      const officeCode = known === "" ? (remembered ?? "") : known;
      return {
        view: "forgot-password/ask",
        model: {
          office: await officeFrom(deps, ctx),
          values: { officeCode, username: signIn?.username ?? "" },
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
      const signIn = await deps.interruptedSignIns.find(cookies.read(ctx, "from"));
      const applicationId = signIn?.application.id ?? null;
      const answer = await links.ask({ ...values, applicationId, ...browserOf(deps, ctx) });
      if (answer.type === "too-many") {
        const minutes = minutesUntil(now(), answer.until);
        return fault(null, t("forgotPassword.tooMany", { minutes }), values);
      }
      return { type: "done", to: "/forgot-password/sent" };
    },
  };
}

/**
 * The sign-in that the page was opened from. The link names it, and the browser's own cookie must name the same: a uid
 * alone would tell a stranger the office and, after the right password, the username of a sign-in that is half done.
 */
export async function originOf({ interruptedSignIns, cookies }: ForgotPasswordDeps, ctx: Context) {
  const own = cookies.read(ctx, "from");
  if (ctx.method === "POST") {
    return { uid: own, signIn: null };
  }
  const signIn = own !== null && ctx.query["from"] === own ? await interruptedSignIns.find(own) : null;
  return { uid: signIn?.uid ?? null, signIn };
}

/**
 * The office whose look these pages have: that of the sign-in in this browser, once it is earned, or the remembered one. The cookie
 * is signed, and only the interaction's own cookie has led to it.
 */
export async function officeFrom(
  { interruptedSignIns, cookies, renderer }: ForgotPasswordDeps,
  ctx: Context,
) {
  const signIn = await interruptedSignIns.find(cookies.read(ctx, "from"));
  return signIn?.office ?? renderer.officeOf(ctx);
}

/** The browser that asks, and its form. */
const browserOf = ({ cookies }: ForgotPasswordDeps, ctx: Context) => ({
  visitor: ctx.state.visitor,
  browser: readBrowser(ctx, cookies),
  form: cookies.read(ctx, "form"),
});

function missingFields(values: Fields, t: Translate): FieldError[] {
  return ["officeCode", "username"]
    .filter((field) => (values[field] ?? "").trim() === "")
    .map((field) => ({ field, message: t(`password.${field}.required`) }));
}
