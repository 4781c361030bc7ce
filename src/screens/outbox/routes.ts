import Router from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { OutboxStore } from "./outbox-store.ts";

/**
 * The outbox: a page with the mails and text messages of a development server, in place of a provider. Production has neither the
 * page nor its gateway. This folder owns reading the messages; `domain` and `platform/messages` write them.
 */

/** The outbox page; it exists only where a gateway is the outbox, and that is never in production. */
export function outboxRoutes(outbox: OutboxStore, renderer: Renderer): Router<State> {
  const router = new Router<State>();
  router.get("/outbox", async (ctx) => {
    noStore(ctx);
    const format = new Intl.DateTimeFormat(ctx.state.language, {
      dateStyle: "medium",
      timeStyle: "medium",
      hourCycle: "h23",
    });
    const messages = (await outbox.list()).map((message) => ({ ...message, at: format.format(message.at) }));
    renderer.page(ctx, "outbox/outbox", { office: null, messages });
  });
  return router;
}
