import { officeHref, type OfficeContext, type Shown, type Step } from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import type { Webhook, WebhookDelivery } from "../../domain/webhooks/webhook.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { dateTime } from "../../kernel/date-format.ts";
import { PageError } from "../../kernel/errors.ts";
import { UUID } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";

export const webhookHref = (code: string, id: string, path = ""): string =>
  officeHref(code, `/webhooks/${id}${path}`);

export const webhookStep = ({ office }: OfficeContext, { id, name }: Webhook): Step => ({
  text: name,
  href: webhookHref(office.code, id),
});

/** The webhook in the URL. Throws the same PageError "not-found" for an unknown one and for one of another office. */
export async function findWebhook(
  { webhooks }: Pick<ConsoleDeps, "webhooks">,
  { office, params }: OfficeContext,
): Promise<Webhook> {
  const { webhook: id = "" } = params;
  const found = UUID.test(id) ? await webhooks.find(office.id, id) : null;
  if (found === null) {
    throw new PageError("not-found");
  }
  return found;
}

/** A word for a state that is not the usual one. */
export const stateBadge = ({ state }: Webhook, { t }: Pick<OfficeContext, "t">): string | null =>
  state === "on" ? null : t(`console.webhook.${state}`);

/** One webhook with what it has sent; `secret`: a new one, which is shown this once. */
export async function shownWebhook(
  { webhooks }: Pick<ConsoleDeps, "webhooks">,
  context: OfficeContext,
  { webhook, secret = null }: { readonly webhook: Webhook; readonly secret?: Secret | null },
): Promise<Shown> {
  const { office, t } = context;
  const href = (path: string) => webhookHref(office.code, webhook.id, path);
  const deliveries = await webhooks.deliveries(webhook);
  return {
    view: "webhook",
    model: {
      ...{ name: webhook.name, url: webhook.url, state: webhook.state, badge: stateBadge(webhook, context) },
      secret: secret?.reveal() ?? null,
      types: webhook.types.length === 0 ? t("console.webhook.allTypes") : webhook.types.join(", "),
      links: { edit: href("/edit"), test: href("/test"), secret: href("/secret"), delete: href("/delete") },
      switchHref: href(webhook.state === "on" ? "/off" : "/on"),
      deliveries: deliveries.map((each) => ({
        ...rowOf(each, context),
        again: each.state === "waiting" ? null : href(`/again-${each.id}`),
      })),
    },
    // On its own page the title says it.
    ...(secret === null ? {} : { below: webhookStep(context, webhook) }),
  };
}

function rowOf(
  { type, state, attempts, addedAt, status, durationMs, fault }: WebhookDelivery,
  { t, language, zone }: OfficeContext,
) {
  const answer = [status ?? fault, durationMs === null ? null : `${String(durationMs)} ms`];
  return {
    ...{ type, attempts: String(attempts) },
    answer: answer.filter((part) => part !== null).join(", "),
    at: dateTime(epochSeconds(addedAt), { language, zone }).text,
    result: t(`console.webhook.state.${state}`),
  };
}
