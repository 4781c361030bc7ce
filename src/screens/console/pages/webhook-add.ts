import { newWebhookId } from "../../../domain/webhooks/webhook-service.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { fault, type FieldError } from "../../../platform/web/page-kit.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { EVENT_COUNT, eventBoxes, tickedEvents } from "../event-boxes.ts";
import { officeHref, type ConsoleOutcome, type OfficeContext, type OfficePage } from "../page.ts";
import { shownWebhook, webhookHref } from "../webhook-view.ts";

/** Adds a webhook. The response shows its secret. */
export function webhookAddPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "webhook-add",
    about: "office",
    path: "/webhooks/add",
    action: "webhook.change",
    trail: ["webhooks"],
    keeps: ["name", "url", "types"],
    fold: (sent) => ({ ...sent, types: tickedEvents(sent) }),
    maxFields: EVENT_COUNT + 10,
    show: (context) =>
      Promise.resolve({
        view: "webhook-add",
        model: {
          values: { name: "", url: "", types: "", attempt: attemptFor(deps, context) },
          eventsOf: (types: string) => eventBoxes(types, context.t),
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
  const wanted = webhooks.schema.safeParse({
    name,
    url,
    types: types.split(" ").filter((one) => one !== ""),
  });
  if (!wanted.success || id === null) {
    const named = [...new Set(wanted.error?.issues.map(({ path }) => String(path[0])))];
    const errors: FieldError[] = named.map((field) => ({
      field,
      message: t(`console.wrong.webhook.${field}`),
    }));
    const again = [{ field: null, message: t("console.again") }];
    const values = { ...typed, attempt: id === null ? attemptFor(deps, context) : attempt };
    return { type: "errors", errors: errors.length === 0 ? again : errors, values };
  }
  try {
    const added = await webhooks.addOnce(id, { officeId: office.id, draft: wanted.data, by: actor });
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
