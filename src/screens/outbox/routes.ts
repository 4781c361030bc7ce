import Router from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import { dateTimeWithSeconds } from "../../kernel/date-format.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { OutboxStore } from "./outbox-store.ts";

/**
 * The outbox: a page with the mails and text messages of a development server. It exists only where the outbox is the
 * gateway, which the settings refuse in production: the page shows codes and links of all users.
 */
export function outboxRoutes(outbox: OutboxStore, renderer: Renderer): Router<State> {
  const router = new Router<State>();
  router.get("/outbox", async (ctx) => {
    noStore(ctx);
    const messages = (await outbox.list()).map((message) => ({
      ...message,
      at: dateTimeWithSeconds(message.at, ctx.state),
    }));
    renderer.page(ctx, "outbox/outbox", { office: null, messages });
  });
  return router;
}
