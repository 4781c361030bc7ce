import Router from "@koa/router";
import type { BrowserPage } from "../../platform/web/browser-forms.ts";
import type { Context, State } from "../../platform/web/context.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { askLinkPage, officeFrom } from "./ask-link.ts";
import { askOfficePage } from "./ask-office.ts";
import { choosePasswordPage } from "./choose-password.ts";
import { CHOICES, showDone, type Choice } from "./done-page.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

/**
 * Help for users who cannot sign in: a link by mail, a new password, the office code. These screens never reveal
 * whether a username or an address exists. They never sign a user in, and opening a page changes nothing. This is the
 * only file of the folder that redirects. Start here, then read `ask-link.ts` and `choose-password.ts`.
 */
export function forgotPasswordRoutes(deps: ForgotPasswordDeps): Router<State> {
  const router = new Router<State>();
  addPage(router, deps, askLinkPage(deps));
  addPage(router, deps, askOfficePage(deps));
  router.get("/forgot-password/sent", (ctx) => showSent(deps, noStore(ctx), "forgotPassword"));
  router.get("/which-office-code/sent", (ctx) => showSent(deps, noStore(ctx), "whichOffice"));
  addChoice(router, deps, "reset");
  addChoice(router, deps, "invitation");
  return router;
}

function addPage(router: Router<State>, { forms }: ForgotPasswordDeps, page: BrowserPage): void {
  router.get(page.path, (ctx) => forms.open(noStore(ctx), page));
  router.post(page.path, async (ctx) => {
    const to = await forms.submit(noStore(ctx), page);
    if (to !== null) {
      seeOther(ctx, to);
    }
  });
}

function addChoice(router: Router<State>, deps: ForgotPasswordDeps, choice: Choice): void {
  const { path } = CHOICES[choice];
  addPage(router, deps, choosePasswordPage(deps, choice));
  router.get(`${path}/done`, (ctx) => showDone(deps, noStore(ctx), choice));
  router.get(`${path}/:token`, (ctx) => {
    keepLinkToken(noStore(ctx), deps.cookies, { cookie: choice, token: ctx.params["token"] ?? "" });
    seeOther(ctx, path);
  });
}

/**
 * The same page for every username and every address, known or not: it must not reveal which accounts exist. The office
 * is the one that the server or this browser knew before, never the typed one.
 */
async function showSent(
  deps: ForgotPasswordDeps,
  ctx: Context,
  topic: "forgotPassword" | "whichOffice",
): Promise<void> {
  const uid = deps.cookies.read(ctx, "from");
  const backHref = uid === null ? null : `/interaction/${uid}`;
  deps.renderer.page(ctx, "forgot-password/sent", { office: await officeFrom(deps, ctx), topic, backHref });
}
