import type { Webhook } from "../../../domain/webhooks/webhook.ts";
import { OperatorError, PageError } from "../../../kernel/errors.ts";
import type { Secret } from "../../../kernel/secret.ts";
import { randomToken, UUID } from "../../../kernel/random.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { officeHref, type ConsoleOutcome } from "../page.ts";
import {
  findWebhook,
  shownWebhook,
  webhookHref,
  webhooksHref,
  webhookStep,
  type WebhookContext,
  type WebhookPage,
} from "../webhook-view.ts";

const CHANGES = ["test", "again", "secret", "off", "on", "delete"] as const;
type Change = (typeof CHANGES)[number];

/** What the last part of the address asks for; `delivery` of a delivery that is sent again. */
interface Asked {
  readonly change: Change;
  readonly delivery: string;
}

/** Explains one change of a webhook, and asks for one click. */
export function webhookChangePage(deps: ConsoleDeps): WebhookPage {
  return {
    name: "webhook-change",
    path: "/webhooks/:webhook/:change",
    action: "webhook.change",
    trail: ["webhooks"],
    keeps: ["typed"],
    whenGone: ({ params: { office, change } }) => {
      const to = office === undefined ? "/console/webhooks" : officeHref(office, "/webhooks");
      return change === "delete" ? { type: "done", to } : null;
    },
    show: async (context) => {
      const webhook = await findWebhook(deps, context);
      const asked = askedBy(context);
      return {
        view: "application-confirm",
        model: modelOf(webhook, context, { ...asked, decision: await decisionFor(deps, webhook, asked) }),
        below: webhookStep(context, webhook),
      };
    },
    submit: async (context, { typed = "", decision = "" }) => {
      const webhook = await findWebhook(deps, context);
      const asked = askedBy(context);
      if (asked.change === "delete" && typed.trim().toLowerCase() !== webhook.name.toLowerCase()) {
        const { name } = webhook;
        return fault("typed", context.t("console.application-delete.wrong", { name }), { typed });
      }
      return act(deps, context, { webhook, decision, ...asked });
    },
  };
}

async function act(
  deps: ConsoleDeps,
  context: WebhookContext,
  { webhook, decision, change, delivery }: Asked & { readonly webhook: Webhook; readonly decision: string },
): Promise<ConsoleOutcome> {
  const { webhooks } = deps;
  const { actor, t } = context;
  const to = webhookHref(context, webhook.id);
  switch (change) {
    case "test":
      // One that no page of this release has made is an order of its own.
      await webhooks.test(webhook, TOKEN.test(decision) ? `${context.session.uid} ${decision}` : undefined);
      return { type: "done", to };
    case "again": {
      const isThere = await webhooks.sendAgain(webhook, delivery, seenAt(decision));
      return { type: isThere ? "done" : "go", to };
    }
    case "secret": {
      // A double click would make two: the receiver's one would end at once.
      const secret = decision === webhook.mark ? await rotated(deps, context, webhook) : null;
      if (secret === null) {
        return fault(null, t("console.application-secret.already"));
      }
      return { type: "show", shown: await shownWebhook(deps, context, { webhook, secret }) };
    }
    case "off":
    case "on":
      await webhooks.change(webhook, { state: change }, actor);
      return { type: "done", to };
    case "delete":
      await webhooks.delete(webhook, actor);
      return { type: "done", to: webhooksHref(context) };
  }
}

/** What the button of this form sends. Of what a double click must not do twice, no other form has the same. */
async function decisionFor(
  { webhooks }: ConsoleDeps,
  webhook: Webhook,
  { change, delivery }: Asked,
): Promise<string> {
  switch (change) {
    case "test":
      return randomToken();
    case "again": {
      const shown = (await webhooks.deliveries(webhook)).find(({ id }) => id === delivery);
      return shown?.addedAt.toISOString() ?? change;
    }
    case "secret":
      return webhook.mark;
    case "off":
    case "on":
    case "delete":
      return change;
  }
}

const TOKEN = /^[\w-]{20,}$/;
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/;

/** Null for a delivery that the page has not found. */
function seenAt(decision: string): Date | null {
  const seen = new Date(decision);
  return ISO.test(decision) && !Number.isNaN(seen.getTime()) ? seen : null;
}

/** Null when another request, such as of the same form, has just replaced it. */
async function rotated(
  { webhooks }: ConsoleDeps,
  { actor }: WebhookContext,
  webhook: Webhook,
): Promise<Secret | null> {
  try {
    return await webhooks.rotateSecret(webhook, actor);
  } catch (error) {
    if (error instanceof OperatorError) {
      return null;
    }
    throw error;
  }
}

/** Throws PageError "not-found" for an address that asks for nothing known. */
function askedBy({ params }: WebhookContext): Asked {
  const { change: text = "" } = params;
  const delivery = text.slice("again-".length);
  const change = text.startsWith("again-") && UUID.test(delivery) ? "again" : text;
  const known = CHANGES.find((one) => one === change && (one !== "again" || text !== "again"));
  if (known === undefined) {
    throw new PageError("not-found");
  }
  return { change: known, delivery };
}

function modelOf(
  webhook: Webhook,
  context: WebhookContext,
  { change, decision }: { readonly change: Change; readonly decision: string },
) {
  const { t } = context;
  const { name, id } = webhook;
  const text = (key: string) => t(`console.webhook-change.${change}.${key}`, { name });
  const tone = change === "delete" ? "danger" : change === "secret" || change === "off" ? "warn" : "info";
  return {
    ...{ name, tone, title: text("title"), here: text("title") },
    effects: [text("effect")],
    undo: text("undo"),
    button: { text: text("submit"), value: decision },
    mustType: change === "delete",
    values: { typed: "" },
    backHref: webhookHref(context, id),
  };
}
