import type { ConsoleDeps } from "../console-deps.ts";
import {
  findWebhook,
  ownerIdOf,
  shownWebhook,
  stateBadge,
  webhookHref,
  webhooksHref,
  type WebhookPage,
} from "../webhook-view.ts";

/** The addresses that get the events of the office, or those of the platform. */
export function webhooksPage({ webhooks }: ConsoleDeps): WebhookPage {
  return {
    name: "webhooks",
    path: "/webhooks",
    action: "webhooks.see",
    isEntry: true,
    show: async (context) => {
      const found = await webhooks.list(ownerIdOf(context));
      return {
        view: "webhooks",
        model: {
          isOfPlatform: ownerIdOf(context) === null,
          addHref: webhooksHref(context, "/add"),
          webhooks: found.map((one) => ({
            ...{ name: one.name, url: one.url, href: webhookHref(context, one.id) },
            badge: stateBadge(one, context),
          })),
        },
      };
    },
  };
}

/** One webhook and the log of what it has sent. */
export function webhookPage(deps: ConsoleDeps): WebhookPage {
  return {
    name: "webhook",
    path: "/webhooks/:webhook",
    action: "webhooks.see",
    trail: ["webhooks"],
    show: async (context) => shownWebhook(deps, context, { webhook: await findWebhook(deps, context) }),
  };
}
