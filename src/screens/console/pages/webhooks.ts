import type { ConsoleDeps } from "../console-deps.ts";
import { officeHref, type OfficePage } from "../page.ts";
import { findWebhook, shownWebhook, stateBadge, webhookHref } from "../webhook-view.ts";

/** The addresses that get the events of the office. */
export function webhooksPage({ webhooks }: ConsoleDeps): OfficePage {
  return {
    name: "webhooks",
    about: "office",
    path: "/webhooks",
    action: "webhooks.see",
    isEntry: true,
    show: async (context) => {
      const { office } = context;
      const found = await webhooks.list(office.id);
      return {
        view: "webhooks",
        model: {
          addHref: officeHref(office.code, "/webhooks/add"),
          webhooks: found.map((one) => ({
            ...{ name: one.name, url: one.url, href: webhookHref(office.code, one.id) },
            badge: stateBadge(one, context),
          })),
        },
      };
    },
  };
}

/** One webhook and the log of what it has sent. */
export function webhookPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "webhook",
    about: "office",
    path: "/webhooks/:webhook",
    action: "webhooks.see",
    trail: ["webhooks"],
    show: async (context) => shownWebhook(deps, context, { webhook: await findWebhook(deps, context) }),
  };
}
