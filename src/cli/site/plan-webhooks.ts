import type { Office } from "../../domain/offices/office.ts";
import { givenWebhookSecretSchema } from "../../domain/webhooks/webhook-secret.ts";
import { newWebhookId } from "../../domain/webhooks/webhook-service.ts";
import type { EventOwner } from "../../domain/events/event-catalogue.ts";
import type { Webhook, WebhookDraft } from "../../domain/webhooks/webhook.ts";
import type { Secret } from "../../kernel/secret.ts";
import { OPERATOR } from "../with-services.ts";
import { fieldsOf, step, type Group, type Planning, type Step, type Target } from "./plan.ts";
import type { Path } from "./site-file.ts";
import type { WebhookEntry } from "./site-schema.ts";

interface Wanted {
  /** Whose webhooks they are; null also for an office that is to be added. */
  readonly office: Office | null;
  readonly entries: readonly WebhookEntry[];
}

/** The steps for the webhooks that get the events of no office. */
export const planPlatformWebhooks = async (
  planning: Planning,
  entries: readonly WebhookEntry[],
): Promise<Group> => ({
  ...{ title: "webhooks for events of no office", scope: "no-office", office: null },
  steps: await stepsOf(planning, { owner: "platform", entries, found: await ofOffice(planning, null) }, [
    "webhooks",
  ]),
});

/** The steps for the webhooks of one office. */
export async function planWebhooks(
  planning: Planning,
  { office, entries }: Wanted,
  path: Path,
): Promise<readonly Step[]> {
  const found = office === null || entries.length === 0 ? [] : await ofOffice(planning, office.id);
  return stepsOf(planning, { owner: "office", entries, found }, path);
}

const ofOffice = ({ services }: Planning, officeId: string | null): Promise<readonly Webhook[]> =>
  services.webhooks.service.list(officeId);

interface Compared {
  readonly owner: EventOwner;
  readonly entries: readonly WebhookEntry[];
  readonly found: readonly Webhook[];
}

async function stepsOf(
  planning: Planning,
  { owner, entries, found }: Compared,
  path: Path,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const meant = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    steps.push(...(await stepsOfOne(planning, { owner, entry, found, meant, path: [...path, index] })));
  }
  return steps;
}

interface One {
  readonly owner: EventOwner;
  readonly entry: WebhookEntry;
  readonly found: readonly Webhook[];
  /** The ids that entries before this one have meant. */
  readonly meant: Set<string>;
  readonly path: Path;
}

async function stepsOfOne(
  planning: Planning,
  { owner, entry, found, meant, path }: One,
): Promise<readonly Step[]> {
  const { references } = planning;
  const same = found.filter(({ id, name }) =>
    entry.id === undefined ? name === entry.name : id === entry.id,
  );
  if (same.length > 1) {
    references.add(path, `several webhooks have the name ${entry.name}: give the id of one`);
    return [];
  }
  const [before = null] = same;
  if (before !== null && meant.has(before.id)) {
    references.add(path, "is the same webhook as another entry");
    return [];
  }
  if (before !== null) {
    meant.add(before.id);
  }
  if (before === null && entry.id !== undefined) {
    references.add([...path, "id"], "there is no such webhook here: without an id, a new one is added");
    return [];
  }
  const draft = draftOf(planning, { owner, entry, before, path });
  const secret = secretOf(planning, entry, [...path, "secret"]);
  if (draft === null) {
    return [];
  }
  return before === null
    ? [adding(entry, draft, secret)]
    : [...changing(before, draft, entry), ...(await replacing(planning, before, secret))];
}

interface DraftOf {
  readonly owner: EventOwner;
  readonly entry: WebhookEntry;
  readonly before: Webhook | null;
  readonly path: Path;
}

/** The webhook as it is to be; null where that cannot be, which is noted. */
function draftOf(
  { services, references }: Planning,
  { owner, entry, before, path }: DraftOf,
): WebhookDraft | null {
  const { url = before?.url, types = before?.types ?? [] } = entry;
  if (url === undefined) {
    references.add(path, "a new webhook needs a url");
    return null;
  }
  const parsed = services.webhooks.service.schemaFor(owner).safeParse({ name: entry.name, url, types });
  parsed.error?.issues.forEach(({ path: field, message }) => {
    references.add([...path, ...field], message);
  });
  return parsed.data ?? null;
}

/** The secret that an entry refers to; null for none, and for one that cannot be, which is noted. */
function secretOf({ references }: Planning, { secret }: WebhookEntry, path: Path): Secret | null {
  const given = references.secret(secret, path);
  if (given === null) {
    return null;
  }
  const judged = givenWebhookSecretSchema.safeParse(given.reveal());
  judged.error?.issues.forEach(({ message }) => {
    references.add(path, message);
  });
  return judged.data ?? null;
}

/** A webhook as a file has it, without its id. */
export const shownWebhook = ({ name, url, types, state }: Webhook) => ({ name, url, types, state });

function adding(entry: WebhookEntry, draft: WebhookDraft, given: Secret | null): Step {
  const { state = "on" } = entry;
  const change = {
    what: "add",
    subject: `webhook ${draft.name}`,
    fields: fieldsOf({ types: [], state: "on" }, { ...draft, state }),
  } as const;
  return step(change, async ({ domain, office, made }: Target): Promise<void> => {
    const { service } = domain.webhooks;
    const officeId = office?.id ?? null;
    const added = await service.addOnce(newWebhookId(officeId), {
      ...{ officeId, draft, by: OPERATOR },
      ...(given && { secret: given }),
    });
    if (added === null) {
      throw new Error("A random id was taken.");
    }
    const { webhook, secret } = added;
    if (state === "off") {
      await service.change(webhook, { state }, OPERATOR);
    }
    made({ what: "webhook", name: draft.name, id: webhook.id, secret: given ? null : secret.reveal() });
  });
}

function changing(before: Webhook, draft: WebhookDraft, { state }: WebhookEntry): readonly Step[] {
  const fields = fieldsOf(shownWebhook(before), { ...draft, ...(state && { state }) });
  const change = { what: "change", subject: `webhook ${before.name}`, fields } as const;
  return fields.length === 0
    ? []
    : [
        step(change, ({ domain }) =>
          domain.webhooks.service.changeNewest(before, { ...draft, state }, OPERATOR),
        ),
      ];
}

/** The one before signs beside it for a day, as after any other rotation. */
async function replacing(
  { services }: Planning,
  before: Webhook,
  secret: Secret | null,
): Promise<readonly Step[]> {
  if (secret === null || (await services.webhooks.service.isSecret(before, secret))) {
    return [];
  }
  const fields = [{ field: "secret", before: "another one", after: "the one that the file refers to" }];
  return [
    step({ what: "change", subject: `webhook ${before.name}`, fields }, ({ domain }) =>
      domain.webhooks.service.rotateSecret(before, OPERATOR, secret),
    ),
  ];
}
