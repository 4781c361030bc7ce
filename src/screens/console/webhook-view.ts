import {
  officeHref,
  type ConsoleContext,
  type OfficeContext,
  type OfficePage,
  type PageOf,
  type PlatformPage,
  type Shown,
  type Step,
} from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import type { Webhook, WebhookDelivery } from "../../domain/webhooks/webhook.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { dateTime } from "../../kernel/date-format.ts";
import { PageError } from "../../kernel/errors.ts";
import { UUID } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";

/** On a page about webhooks of an office, or, without one, of the platform. */
export type WebhookContext = ConsoleContext & Partial<Pick<OfficeContext, "office">>;
/** The same for both: `onOffice` and `onPlatform` say where it is. */
export type WebhookPage = PageOf<WebhookContext>;

export const onOffice = (page: WebhookPage): OfficePage => ({ ...page, about: "office" });

/** The same page below the platform, under a name of its own. */
export const onPlatform = ({ trail = [], ...page }: WebhookPage): PlatformPage => ({
  ...page,
  about: "platform",
  name: nameOnPlatform(page.name),
  doneAs: page.name,
  trail: trail.map(nameOnPlatform),
});

const nameOnPlatform = (name: string): string => `${name}-platform`;

/** Null: of the platform. */
export const ownerIdOf = ({ office }: WebhookContext): string | null => office?.id ?? null;

export const webhooksHref = ({ office }: WebhookContext, path = ""): string =>
  office === undefined ? `/console/webhooks${path}` : officeHref(office.code, `/webhooks${path}`);

export const webhookHref = (context: WebhookContext, id: string, path = ""): string =>
  webhooksHref(context, `/${id}${path}`);

export const webhookStep = (context: WebhookContext, { id, name }: Webhook): Step => ({
  text: name,
  href: webhookHref(context, id),
});

/** The webhook in the URL. Throws the same PageError "not-found" for an unknown one and for one that belongs elsewhere. */
export async function findWebhook(
  { webhooks }: Pick<ConsoleDeps, "webhooks">,
  context: WebhookContext,
): Promise<Webhook> {
  const { webhook: id = "" } = context.params;
  const found = UUID.test(id) ? await webhooks.find(ownerIdOf(context), id) : null;
  if (found === null) {
    throw new PageError("not-found");
  }
  return found;
}

/** A word for a state that is not the usual one. */
export const stateBadge = ({ state }: Webhook, { t }: Pick<WebhookContext, "t">): string | null =>
  state === "on" ? null : t(`console.webhook.${state}`);

/** One webhook with what it has sent; `secret`: a new one, which is shown this once. */
export async function shownWebhook(
  { webhooks }: Pick<ConsoleDeps, "webhooks">,
  context: WebhookContext,
  { webhook, secret = null }: { readonly webhook: Webhook; readonly secret?: Secret | null },
): Promise<Shown> {
  const { t } = context;
  const href = (path: string) => webhookHref(context, webhook.id, path);
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
  { t, language, zone }: WebhookContext,
) {
  const answer = [status ?? fault, durationMs === null ? null : `${String(durationMs)} ms`];
  return {
    ...{ type, attempts: String(attempts) },
    answer: answer.filter((part) => part !== null).join(", "),
    at: dateTime(epochSeconds(addedAt), { language, zone }).text,
    result: t(`console.webhook.state.${state}`),
  };
}
