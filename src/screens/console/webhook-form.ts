import type { Webhook, WebhookDraft } from "../../domain/webhooks/webhook.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { EVENT_COUNT, tickedEvents } from "./event-boxes.ts";

/** The fields of a webhook as the form keeps them: the events as one list, with blanks between. */
export const WEBHOOK_FIELDS = ["name", "url", "types"] as const;

/** What the pages that add and edit one have in common: a tick box for each event. */
export const webhookForm = {
  fold: (sent: Fields): Fields => ({ ...sent, types: tickedEvents(sent) }),
  maxFields: EVENT_COUNT + 10,
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
  t: Translate,
):
  | { readonly type: "read"; readonly draft: WebhookDraft }
  | { readonly type: "errors"; readonly errors: FieldError[] } {
  const chosen = types.split(" ").filter((one) => one !== "");
  const read = webhooks.schemaFor("office").safeParse({ name, url, types: chosen });
  if (read.success) {
    return { type: "read", draft: read.data };
  }
  const wrong = [...new Set(read.error.issues.map(({ path }) => String(path[0])))];
  const refused = chosen.filter((_, index) => read.error.issues.some(({ path }) => path[1] === index));
  return {
    type: "errors",
    errors: wrong.map((field) => ({
      field,
      message: t(`console.wrong.webhook.${field}`, { types: refused.join(", ") }),
    })),
  };
}
