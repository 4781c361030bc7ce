import { ownerOf, type Webhook, type WebhookDraft } from "../../domain/webhooks/webhook.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { EVENT_COUNT, eventGroups, tickedEvents } from "./event-boxes.ts";
import { ownerIdOf, type WebhookContext } from "./webhook-view.ts";

/** The fields of a webhook as the form keeps them: the events as one list, with blanks between. */
export const WEBHOOK_FIELDS = ["name", "url", "types"] as const;

/** What the pages that add and edit one have in common: a tick box for each event. */
export const webhookForm = {
  fold: (sent: Fields): Fields => ({ ...sent, types: tickedEvents(sent) }),
  maxFields: EVENT_COUNT + 10,
};

/** What the templates of both need besides the values: `isOfPlatform` for a word about what the platform's webhooks get. */
export const webhookFormModel = (context: WebhookContext) => {
  const owner = ownerOf(ownerIdOf(context));
  return {
    isOfPlatform: owner === "platform",
    groupsOf: (types: string) => eventGroups(types, owner, context.t),
  };
};

/** A webhook as its form shows it. */
export const webhookValues = ({ name, url, types }: Webhook | WebhookDraft) => ({
  ...{ name, url },
  types: tickedInOrder(types),
});

/** In the order of the form. */
const tickedInOrder = (types: readonly string[]): string =>
  tickedEvents(Object.fromEntries(types.map((name) => [`event-${name}`, "yes"])));

/** What was typed, or what is wrong with it. */
export function readWebhook(
  webhooks: ConsoleDeps["webhooks"],
  { name = "", url = "", types = "" }: Fields,
  context: WebhookContext,
):
  | { readonly type: "read"; readonly draft: WebhookDraft }
  | { readonly type: "errors"; readonly errors: FieldError[] } {
  const chosen = types.split(" ").filter((one) => one !== "");
  const read = webhooks.schemaFor(ownerOf(ownerIdOf(context))).safeParse({ name, url, types: chosen });
  if (read.success) {
    return { type: "read", draft: read.data };
  }
  const wrong = [...new Set(read.error.issues.map(({ path }) => String(path[0])))];
  const refused = chosen.filter((_, index) => read.error.issues.some(({ path }) => path[1] === index));
  return {
    type: "errors",
    errors: wrong.map((field) => ({
      field,
      message: context.t(`console.wrong.webhook.${field}`, { types: refused.join(", ") }),
    })),
  };
}
