import type { BrowserOutcome, BrowserPage, BrowserShown } from "../../platform/web/browser-forms.ts";
import { readBrowser, writeBrowser } from "../../platform/web/browser-cookie.ts";
import type { Context } from "../../platform/web/context.ts";
import { fault } from "../../platform/web/page-kit.ts";
import { permissionOf } from "../../domain/access/permissions.ts";
import { PASSWORD_LENGTH } from "../../domain/credentials/password-rules.ts";
import type { Completed, PasswordLink } from "../../domain/credentials/password-reset.ts";
import { CHOICES, keepResult, type Choice } from "./done-page.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

/**
 * The page on which the user chooses a new password. An invalid link gets one and the same page, whatever is wrong with
 * it.
 */
export function choosePasswordPage(deps: ForgotPasswordDeps, choice: Choice): BrowserPage {
  const { resets, renderer } = deps;
  return {
    path: CHOICES[choice].path,
    // The form is bound to the link. Otherwise a link that was planted in this browser in the meantime would set the
    // password of another user.
    purpose: (ctx) => `${choice} ${linkOf(deps, ctx, choice)?.token ?? ""}`,
    show: (ctx) => show(deps, ctx, choice),
    submit: async (ctx, { newPassword = "" }) => {
      const link = linkOf(deps, ctx, choice);
      const completed =
        link === null
          ? ({ type: "gone" } as const)
          : await resets.complete(link, newPassword, ctx.state.visitor);
      switch (completed.type) {
        case "gone":
          return { type: "show", shown: await gone(deps, ctx, choice) };
        case "fault":
          return fault(
            "newPassword",
            renderer.translate(ctx)(`newPassword.${completed.fault}`, PASSWORD_LENGTH),
          );
        case "done":
          return chosen(deps, ctx, { choice, completed });
      }
    },
  };
}

async function show(deps: ForgotPasswordDeps, ctx: Context, choice: Choice): Promise<BrowserShown> {
  const { resets, offices } = deps;
  const link = linkOf(deps, ctx, choice);
  const owner = link === null ? null : await resets.find(link);
  if (owner === null) {
    return gone(deps, ctx, choice);
  }
  const { office, username } = owner.account;
  const { texts } = CHOICES[choice];
  return {
    view: "forgot-password/choose",
    model: {
      office: await offices.find(office.id),
      texts,
      officeCode: office.code,
      username,
      autofocus: "newPassword",
      ...PASSWORD_LENGTH,
    },
  };
}

function chosen(
  { cookies }: ForgotPasswordDeps,
  ctx: Context,
  { choice, completed }: { choice: Choice; completed: Extract<Completed, { type: "done" }> },
): BrowserOutcome {
  const { account, guard, applicationId, browser } = completed;
  const { role, office, username } = account;
  const until = guard.type === "blocked" ? guard.until.toISOString() : null;
  const toConsole = choice === "invitation" && permissionOf(role, "settings.see", "office") !== "never";
  cookies.clear(ctx, choice);
  if (browser !== null) {
    writeBrowser(ctx, cookies, browser);
  }
  // The next sign-in has the office filled in: a new user knows the code least of all.
  cookies.write(ctx, "office", office.code);
  const officeCode = office.code;
  keepResult(cookies, ctx, { guard: guard.type, until, applicationId, officeCode, username, toConsole });
  return { type: "done", to: `${CHOICES[choice].path}/done` };
}

function linkOf({ cookies }: ForgotPasswordDeps, ctx: Context, choice: Choice): PasswordLink | null {
  const token = cookies.read(ctx, choice);
  return token === null
    ? null
    : {
        ...{ purpose: CHOICES[choice].purpose, token, browser: readBrowser(ctx, cookies) },
        form: cookies.read(ctx, "form"),
      };
}

/** One page for a link that was used, has expired, was replaced or never existed. */
async function gone({ renderer }: ForgotPasswordDeps, ctx: Context, choice: Choice): Promise<BrowserShown> {
  const office = await renderer.officeOf(ctx);
  return {
    view: "forgot-password/gone",
    model: { office, texts: CHOICES[choice].texts, ask: "gone.ask", askHref: "/forgot-password" },
    isGone: true,
  };
}
