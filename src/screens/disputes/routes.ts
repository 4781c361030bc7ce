import Router from "@koa/router";
import type { BrowserForms, BrowserPage, BrowserShown } from "../../platform/web/browser-forms.ts";
import type { State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import type { NotMe } from "../../domain/credentials/not-me.ts";

/**
 * "This was not me": the page behind the links in notices. Opening it changes nothing; its button cancels what the
 * notice was about, once.
 */
export interface NotMeParts {
  readonly notMe: NotMe;
  readonly cookies: Cookies;
  readonly forms: BrowserForms;
}

/** The pages of a link that cancels. */
export function notMeRoutes(parts: NotMeParts): Router<State> {
  const router = new Router<State>();
  const page = notMePage(parts);
  router.get(page.path, (ctx) => parts.forms.open(noStore(ctx), page));
  router.post(page.path, async (ctx) => {
    const to = await parts.forms.submit(noStore(ctx), page);
    if (to !== null) {
      seeOther(ctx, to);
    }
  });
  router.get(`${page.path}/:token`, (ctx) => {
    keepLinkToken(noStore(ctx), parts.cookies, { cookie: "not-me", token: ctx.params["token"] ?? "" });
    seeOther(ctx, page.path);
  });
  return router;
}

function notMePage({ notMe, cookies }: NotMeParts): BrowserPage {
  return {
    path: "/not-me",
    purpose: (ctx) => `not-me ${cookies.read(ctx, "not-me") ?? ""}`,
    show: async (ctx) => {
      const token = cookies.read(ctx, "not-me");
      const kind = token === null ? null : await notMe.find(token);
      return kind === null ? GONE : { view: "not-me/ask", model: { office: null, kind } };
    },
    // The answer is the last page: sent again, it says that the link was used.
    submit: async (ctx) => {
      const token = cookies.read(ctx, "not-me");
      const outcome = token === null ? null : await notMe.use(token, ctx.state.visitor);
      if (outcome === null) {
        return { type: "show", shown: GONE };
      }
      cookies.clear(ctx, "not-me");
      const model = { office: null, outcome, passwordHref: "/forgot-password" };
      return { type: "show", shown: { view: "not-me/done", model } };
    },
  };
}

const GONE: BrowserShown = {
  view: "forgot-password/gone",
  model: { office: null, texts: "notMe", ask: "notMe.done.password", askHref: "/forgot-password" },
  isGone: true,
};
