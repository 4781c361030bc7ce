import { newWebhookId } from "../../../domain/webhooks/webhook-service.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { eventGroups } from "../event-boxes.ts";
import { officeHref, type ConsoleOutcome, type OfficeContext, type OfficePage } from "../page.ts";
import { readWebhook, WEBHOOK_FIELDS, webhookForm } from "../webhook-form.ts";
import { shownWebhook, webhookHref } from "../webhook-view.ts";

/** Adds a webhook. The response shows its secret. */
export function webhookAddPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "webhook-add",
    about: "office",
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
          groupsOf: (types: string) => eventGroups(types, context.t),
          backHref: officeHref(context.office.code, "/webhooks"),
        },
      }),
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: OfficeContext, fields: Fields): Promise<ConsoleOutcome> {
  const { webhooks, tokens } = deps;
  const { office, actor, t } = context;
  const { name = "", url = "", types = "", attempt = "" } = fields;
  const typed = { name, url, types };
  const id = tokens.read(useOf(context), attempt);
  const read = readWebhook(webhooks, typed, t);
  if (read.type === "errors" || id === null) {
    const again = [{ field: null, message: t("console.again") }];
    const values = { ...typed, attempt: id === null ? attemptFor(deps, context) : attempt };
    return { type: "errors", errors: read.type === "errors" ? read.errors : again, values };
  }
  try {
    const added = await webhooks.addOnce(id, { officeId: office.id, draft: read.draft, by: actor });
    // A double click adds one. Only the first response shows the secret.
    return added === null
      ? { type: "go", to: webhookHref(office.code, id) }
      : { type: "show", shown: await shownWebhook(deps, context, added) };
  } catch (error) {
    if (error instanceof OperatorError) {
      return fault(null, t("console.webhook-add.full"), { ...typed, attempt });
    }
    throw error;
  }
}

const attemptFor = ({ tokens }: ConsoleDeps, context: OfficeContext): string =>
  tokens.sign(useOf(context), newWebhookId(context.office.id));

const useOf = ({ office, session }: OfficeContext): string => `webhook ${office.id} ${session.uid}`;
