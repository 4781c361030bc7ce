import Router from "@koa/router";
import { readText } from "../../platform/web/body.ts";
import type { State } from "../../platform/web/context.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { PageError } from "../../kernel/errors.ts";
import { noStore } from "../../platform/web/security-headers.ts";

/**
 * Authorization requests by POST (OpenID Connect Core 1.0 section 3.1.2.1). A form on another site sends no cookies, so
 * the request is redirected to the equivalent GET, which carries the user's session and passes every check of a GET.
 * This folder owns nothing else.
 */
export function authorizeRoutes(path: string): Router<State> {
  const router = new Router<State>();
  router.post(path, async (ctx) => {
    noStore(ctx);
    if (ctx.is("application/x-www-form-urlencoded") === false) {
      throw new PageError("request");
    }
    // Parameters are passed on unchanged, repeated ones too: oidc-provider validates them.
    const parameters = new URLSearchParams(await readText(ctx, MAX_BYTES));
    seeOther(ctx, `${path}?${parameters.toString()}`);
  });
  return router;
}

/** Fits into the URL of the GET: Node limits all headers to 16 kB. */
const MAX_BYTES = 8 * 1024;
