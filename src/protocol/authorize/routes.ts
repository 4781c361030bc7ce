import Router from "@koa/router";
import { readText } from "../../platform/web/body.ts";
import type { State } from "../../platform/web/context.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { PageError } from "../../kernel/errors.ts";
import { noStore } from "../../platform/web/security-headers.ts";

/**
 * Authorization requests that come by POST (OpenID Connect Core 1.0 section 3.1.2.1). A form of another site brings no
 * cookies along, so the request begins again as the GET that it could have been: with the person's session, and with
 * every check that a GET passes. This folder owns nothing else.
 */
export function authorizeRoutes(path: string): Router<State> {
  const router = new Router<State>();
  router.post(path, async (ctx) => {
    noStore(ctx);
    if (ctx.is("application/x-www-form-urlencoded") === false) {
      throw new PageError("request");
    }
    // Parameters stay as they came, twice if they came twice: oidc-provider judges them.
    const parameters = new URLSearchParams(await readText(ctx, MOST_BYTES));
    seeOther(ctx, `${path}?${parameters.toString()}`);
  });
  return router;
}

/** What fits into the address of the GET, with Node's limit for all headers of 16 kB. */
const MOST_BYTES = 8 * 1024;
