import Router from "@koa/router";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { FormOwner } from "../../platform/web/form-owner.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { unstored } from "../../platform/web/unstored.ts";
import type { NotMe } from "../../domain/credentials/not-me.ts";

/**
 * "This was not me": the page behind the links in notices. Opening it changes nothing; its button cancels what the
 * notice told of, once.
 */
export interface NotMeParts {
  readonly notMe: NotMe;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly forms: FormOwner;
}

/** The pages of a link that cancels. */
export function notMeRoutes(parts: NotMeParts): Router<State> {
  const router = new Router<State>();
  router.get("/not-me", (ctx) => showQuestion(parts, unstored(ctx)));
  router.post("/not-me", (ctx) => cancel(parts, unstored(ctx)));
  router.get("/not-me/:token", (ctx) => {
    keepLinkToken(unstored(ctx), parts.cookies, { cookie: "not-me", token: ctx.params["token"] ?? "" });
    seeOther(ctx, "/not-me");
  });
  return router;
}

async function showQuestion(parts: NotMeParts, ctx: Context): Promise<void> {
  const { notMe, renderer, cookies, forms } = parts;
  const token = cookies.read(ctx, "not-me");
  const kind = token === null ? null : await notMe.find(token);
  if (token === null || kind === null) {
    showGone(parts, ctx);
    return;
  }
  const csrf = forms.token(ctx, formOf(token));
  renderer.page(ctx, "not-me/ask", { office: null, kind, action: "/not-me", csrf, values: {}, errors: [] });
}

/** The answer is the last page: sent again, it says that the link was used. */
async function cancel(parts: NotMeParts, ctx: Context): Promise<void> {
  const { notMe, renderer, cookies, forms } = parts;
  const token = cookies.read(ctx, "not-me");
  await forms.read(ctx, formOf(token ?? ""));
  const outcome = token === null ? null : await notMe.use(token, ctx.state.visitor);
  if (outcome === null) {
    showGone(parts, ctx);
    return;
  }
  cookies.clear(ctx, "not-me");
  renderer.page(ctx, "not-me/done", { office: null, outcome, passwordHref: "/forgot-password", errors: [] });
}

function showGone({ renderer }: NotMeParts, ctx: Context): void {
  ctx.status = 400;
  renderer.page(ctx, "forgot-password/gone", {
    office: null,
    texts: "notMe",
    ask: "notMe.done.password",
    askHref: "/forgot-password",
    errors: [],
  });
}

const formOf = (token: string) => `not-me ${token}`;
