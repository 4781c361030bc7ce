import Router from "@koa/router";
import type { BrowserForms, BrowserPage, BrowserShown } from "../../platform/web/browser-forms.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { DisputeLinks } from "../../domain/credentials/dispute-links.ts";
import { officeOfToken } from "../../domain/credentials/one-time-link.ts";

/**
 * "This was not me": the page behind the links in notices. Opening it changes nothing, because mail scanners open
 * links. Its button cancels the change that the notice was about, once.
 */
export interface DisputeDeps {
  readonly disputes: DisputeLinks;
  readonly offices: OfficeStore;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly forms: BrowserForms;
}

export function disputeRoutes(deps: DisputeDeps): Router<State> {
  const router = new Router<State>();
  const page = disputePage(deps);
  router.get(page.path, (ctx) => deps.forms.open(noStore(ctx), page));
  router.post(page.path, async (ctx) => {
    const to = await deps.forms.submit(noStore(ctx), page);
    if (to !== null) {
      seeOther(ctx, to);
    }
  });
  router.get(`${page.path}/:token`, (ctx) => {
    keepLinkToken(noStore(ctx), deps.cookies, { cookie: "not-me", token: ctx.params["token"] ?? "" });
    seeOther(ctx, page.path);
  });
  return router;
}

function disputePage(deps: DisputeDeps): BrowserPage {
  const { disputes, cookies, offices } = deps;
  return {
    path: "/not-me",
    purpose: (ctx) => `not-me ${cookies.read(ctx, "not-me") ?? ""}`,
    show: async (ctx) => {
      const token = cookies.read(ctx, "not-me");
      const asked = token === null ? null : await disputes.find(token);
      return asked === null
        ? gone(deps, ctx)
        : { view: "disputes/ask", model: { office: await offices.find(asked.officeId), kind: asked.kind } };
    },
    // The response is the last page.
    submit: async (ctx) => {
      const token = cookies.read(ctx, "not-me") ?? "";
      const outcome = await disputes.use(token, ctx.state.visitor, cookies.read(ctx, "form"));
      if (outcome === null) {
        return { type: "show", shown: await gone(deps, ctx) };
      }
      cookies.clear(ctx, "not-me");
      const office = await offices.find(officeOfToken(token) ?? "");
      const model = { office, outcome, passwordHref: "/forgot-password" };
      return { type: "show", shown: { view: "disputes/done", model } };
    },
  };
}

async function gone({ renderer }: DisputeDeps, ctx: Context): Promise<BrowserShown> {
  const office = await renderer.officeOf(ctx);
  return {
    view: "forgot-password/gone",
    model: { office, texts: "notMe", ask: "notMe.done.password", askHref: "/forgot-password" },
    isGone: true,
  };
}
