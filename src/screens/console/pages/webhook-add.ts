import { ownerOf } from "../../../domain/webhooks/webhook.ts";
import { newWebhookId } from "../../../domain/webhooks/webhook-service.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { ConsoleOutcome } from "../page.ts";
import { readWebhook, WEBHOOK_FIELDS, webhookForm, webhookFormModel } from "../webhook-form.ts";
import {
  ownerIdOf,
  shownWebhook,
  webhookHref,
  webhooksHref,
  type WebhookContext,
  type WebhookPage,
} from "../webhook-view.ts";

/** Adds a webhook. The response shows its secret. */
export function webhookAddPage(deps: ConsoleDeps): WebhookPage {
  return {
    name: "webhook-add",
    path: "/webhooks/add",
    action: "webhook.change",
    trail: ["webhooks"],
    keeps: WEBHOOK_FIELDS,
    ...webhookForm,
    show: (context) =>
      Promise.resolve({
        view: "webhook-add",
        model: {
          values: { name: "", url: "", types: "", attempt: attemptFor(deps, context) },
          ...webhookFormModel(context),
          backHref: webhooksHref(context),
        },
      }),
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: WebhookContext, fields: Fields): Promise<ConsoleOutcome> {
  const { webhooks, tokens } = deps;
  const { actor, t } = context;
  const officeId = ownerIdOf(context);
  const { name = "", url = "", types = "", attempt = "" } = fields;
  const typed = { name, url, types };
  const id = tokens.read(useOf(context), attempt);
  const read = readWebhook(webhooks, typed, context);
  if (read.type === "errors" || id === null) {
    const again = [{ field: null, message: t("console.again") }];
    const values = { ...typed, attempt: id === null ? attemptFor(deps, context) : attempt };
    return { type: "errors", errors: read.type === "errors" ? read.errors : again, values };
  }
  try {
    const added = await webhooks.addOnce(id, { officeId, draft: read.draft, by: actor });
    // A double click adds one. Only the first response shows the secret.
    return added === null
      ? { type: "go", to: webhookHref(context, id) }
      : { type: "show", shown: await shownWebhook(deps, context, added) };
  } catch (error) {
    if (error instanceof OperatorError) {
      return fault(null, t(`console.webhook-add.full.${ownerOf(officeId)}`), { ...typed, attempt });
    }
    throw error;
  }
}

const attemptFor = ({ tokens }: ConsoleDeps, context: WebhookContext): string =>
  tokens.sign(useOf(context), newWebhookId(ownerIdOf(context)));

const useOf = (context: WebhookContext): string =>
  `webhook ${ownerIdOf(context) ?? "platform"} ${context.session.uid}`;
