import { versionOfWebhook, type Webhook } from "../../../domain/webhooks/webhook.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import type { Fields } from "../../../platform/web/form.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { Conflict, ConsoleOutcome } from "../page.ts";
import {
  readWebhook,
  WEBHOOK_FIELDS,
  webhookForm,
  webhookFormModel,
  webhookValues,
} from "../webhook-form.ts";
import {
  findWebhook,
  ownerIdOf,
  webhookHref,
  webhookStep,
  type WebhookContext,
  type WebhookPage,
} from "../webhook-view.ts";

/** Changes the name, the address and the events of a webhook. */
export function webhookEditPage(deps: ConsoleDeps): WebhookPage {
  return {
    name: "webhook-edit",
    path: "/webhooks/:webhook/edit",
    action: "webhook.change",
    trail: ["webhooks"],
    keeps: [...WEBHOOK_FIELDS, "seen"],
    ...webhookForm,
    show: async (context) => {
      const webhook = await findWebhook(deps, context);
      return {
        view: "webhook-edit",
        model: {
          name: webhook.name,
          values: { ...webhookValues(webhook), seen: seenBy(deps, context, webhook) },
          ...webhookFormModel(context),
          backHref: webhookHref(context, webhook.id),
        },
        below: webhookStep(context, webhook),
      };
    },
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: WebhookContext, fields: Fields): Promise<ConsoleOutcome> {
  const { tokens, webhooks } = deps;
  const { actor } = context;
  const webhook = await findWebhook(deps, context);
  const { name = "", url = "", types = "", seen = "" } = fields;
  const typed = { name, url, types };
  const read = readWebhook(webhooks, typed, context);
  if (read.type === "errors") {
    return { type: "errors", errors: read.errors, values: { ...typed, seen } };
  }
  const to = webhookHref(context, webhook.id);
  if (JSON.stringify(webhookValues(read.draft)) === stateOf(webhook)) {
    return { type: "done", to };
  }
  if (tokens.read(useOf(context, webhook), seen) !== stateOf(webhook)) {
    return overtakenBy(deps, context, { webhook, typed });
  }
  try {
    await webhooks.changeNewest(webhook, read.draft, actor);
  } catch (error) {
    const current = await findWebhook(deps, context);
    if (!(error instanceof OperatorError) || versionOfWebhook(current) === versionOfWebhook(webhook)) {
      throw error;
    }
    if (stateOf(current) === stateOf(webhook)) {
      // What was changed is in no field of this form.
      return submit(deps, context, fields);
    }
    // A double click: the first one has just saved the same.
    const isSame = JSON.stringify(webhookValues(read.draft)) === stateOf(current);
    return isSame ? { type: "done", to } : overtakenBy(deps, context, { webhook: current, typed });
  }
  return { type: "done", to };
}

async function overtakenBy(
  deps: ConsoleDeps,
  context: WebhookContext,
  { webhook, typed }: { readonly webhook: Webhook; readonly typed: Typed },
): Promise<ConsoleOutcome> {
  const conflict = await conflictOf(deps, context, webhook, typed);
  const errors = [{ field: null, message: context.t("console.conflict.message") }];
  return { type: "errors", errors, conflict, values: typed };
}

type Typed = Readonly<Record<(typeof WEBHOOK_FIELDS)[number], string>>;

/** The state in which the form was opened comes back with it, so that it does not overwrite the change of another user. */
const seenBy = ({ tokens }: ConsoleDeps, context: WebhookContext, webhook: Webhook): string =>
  tokens.sign(useOf(context, webhook), stateOf(webhook));

const stateOf = (webhook: Webhook): string => JSON.stringify(webhookValues(webhook));

const useOf = ({ session }: WebhookContext, { id }: Webhook): string => `webhook edit ${id} ${session.uid}`;

async function conflictOf(
  { store }: ConsoleDeps,
  context: WebhookContext,
  webhook: Webhook,
  typed: Typed,
): Promise<Conflict> {
  const { t } = context;
  const stored = webhookValues(webhook);
  return {
    by: (await store.lastWebhookChange(ownerIdOf(context), webhook.id)) ?? t("console.conflict.support"),
    fields: WEBHOOK_FIELDS.filter((field) => stored[field] !== typed[field]).map((field) => ({
      label: t(`console.webhook.${field}`),
      yours: typed[field],
      theirs: stored[field],
    })),
  };
}
