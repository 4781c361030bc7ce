import Router from "@koa/router";
import type { Context, State } from "../../platform/web/context.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { unstored } from "../../platform/web/unstored.ts";
import { askLink, showAskLink } from "./ask-link.ts";
import { askOffice, showAskOffice } from "./ask-office.ts";
import { CHOICES, type Choice } from "./choice.ts";
import { choosePassword, showChoosePassword } from "./choose-password.ts";
import { showOutcome } from "./outcome.ts";
import type { ForgotPasswordParts } from "./parts.ts";

/**
 * Help for users who cannot sign in: a link by mail, a new password, the office code. These screens never reveal whether a name or an
 * address is known, never sign in, and change nothing when a page is only opened.
 * Start here, then `ask-link.ts` and `choose-password.ts`.
 */

/** Pages for whoever cannot sign in. The only file of the folder that redirects. */
export function forgotPasswordRoutes(parts: ForgotPasswordParts): Router<State> {
  const router = new Router<State>();
  router.get("/forgot-password", (ctx) => showAskLink(parts, unstored(ctx)));
  router.post("/forgot-password", async (ctx) => {
    if (await askLink(parts, unstored(ctx))) {
      seeOther(ctx, "/forgot-password/sent");
    }
  });
  router.get("/forgot-password/sent", (ctx) => {
    showSent(parts, unstored(ctx), "forgotPassword");
  });
  router.get("/which-office-code", (ctx) => showAskOffice(parts, unstored(ctx)));
  router.post("/which-office-code", async (ctx) => {
    if (await askOffice(parts, unstored(ctx))) {
      seeOther(ctx, "/which-office-code/sent");
    }
  });
  router.get("/which-office-code/sent", (ctx) => {
    showSent(parts, unstored(ctx), "whichOffice");
  });
  addChoice(router, parts, "reset");
  addChoice(router, parts, "invitation");
  return router;
}

function addChoice(router: Router<State>, parts: ForgotPasswordParts, choice: Choice): void {
  const { path } = CHOICES[choice];
  router.get(path, (ctx) => showChoosePassword(parts, unstored(ctx), choice));
  router.post(path, async (ctx) => {
    if (await choosePassword(parts, unstored(ctx), choice)) {
      seeOther(ctx, `${path}/done`);
    }
  });
  router.get(`${path}/done`, (ctx) => showOutcome(parts, unstored(ctx), choice));
  router.get(`${path}/:token`, (ctx) => {
    keepLinkToken(unstored(ctx), parts.cookies, { cookie: choice, token: ctx.params["token"] ?? "" });
    seeOther(ctx, path);
  });
}

/** The same for every name and every address. */
function showSent(
  { renderer, cookies }: ForgotPasswordParts,
  ctx: Context,
  topic: "forgotPassword" | "whichOffice",
): void {
  const uid = cookies.read(ctx, "from");
  const backHref = uid === null ? null : `/interaction/${uid}`;
  renderer.page(ctx, "forgot-password/sent", { office: null, topic, backHref, errors: [] });
}
