import Router from "@koa/router";
import type { LogoStore } from "../../domain/offices/logo-store.ts";
import { LOGO_PATH, logoFile } from "../../domain/offices/logo-address.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ImageType } from "../../platform/images/image.ts";
import type { State } from "../../platform/web/context.ts";

/**
 * The logos of offices, for their pages and mails. A visitor who has the address of one may see it, as a visitor of the sign-in page does; the
 * address cannot be guessed and names no office.
 */

export interface LogoDeps {
  readonly logos: Pick<LogoStore, "find">;
}

const TYPES: Readonly<Record<ImageType, string>> = {
  png: "image/png",
  jpeg: "image/jpeg",
  webp: "image/webp",
  svg: "image/svg+xml",
};

const YEAR = "public, max-age=31536000, immutable";
/** Of the address before the last change, which mails still have. */
const MINUTES = "public, max-age=300";

/** A file that someone opens by itself runs nothing, loads nothing and belongs to no origin. */
const POLICY = "sandbox; default-src 'none'";

export function logoRoutes({ logos }: LogoDeps): Router<State> {
  const router = new Router<State>();
  router.get(`${LOGO_PATH}/:token/:file`, async (ctx) => {
    const { token = "", file } = ctx.params;
    const logo = await logos.find(token);
    if (logo === null) {
      throw new PageError("not-found");
    }
    ctx.set("Cache-Control", logoFile(logo.mark, logo.type) === file ? YEAR : MINUTES);
    ctx.set("Content-Security-Policy", POLICY);
    // Web mail shows it on a page of its own origin.
    ctx.set("Cross-Origin-Resource-Policy", "cross-origin");
    ctx.etag = logo.mark;
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = TYPES[logo.type];
    ctx.body = logo.content;
  });
  return router;
}
