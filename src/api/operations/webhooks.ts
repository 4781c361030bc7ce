import { z } from "zod";
import { ownerOf, versionOfWebhook, type Webhook } from "../../domain/webhooks/webhook.ts";
import { webhookSecretOf } from "../../domain/webhooks/webhook-secret.ts";
import { webhookIdOf, type AddedWebhook } from "../../domain/webhooks/webhook-service.ts";
import type { WebhookRef } from "../../domain/webhooks/webhook-store.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { ApiServices } from "../api-services.ts";
import { readAs } from "../fields.ts";
import { id } from "../listing.ts";
import { operation, type Call, type Operation, type Place, type Result } from "../operation.ts";
import { OFFICE, OFFICE_WEBHOOK, PLATFORM, PLATFORM_WEBHOOK } from "../places.ts";
import { Problem, wrongField } from "../problem.ts";
import { isNamed } from "./version.ts";
import { placeOf } from "./events.ts";
import {
  deliveryBody,
  deliverySchema,
  shownSecret as secret,
  webhookBody,
  webhookChanges as changes,
  webhookDraft as draft,
  webhookResult,
  webhookSchema,
} from "./webhook-body.ts";

const see = { action: "webhooks.see" } as const;
const change = { action: "webhook.change" } as const;

function listOperations<Owner extends { readonly id: string } | null>(
  prefix: string,
  list: Place<Owner>,
  whose: string,
): readonly Operation[] {
  return [
    operation({
      ...{ name: `${prefix}.list`, method: "GET", place: list, path: "/webhooks", ...see },
      about: `Lists the webhooks ${whose} by name, twenty at most.`,
      output: z.strictObject({ items: z.array(webhookSchema) }),
      work: async ({ webhooks }, { subject }) => ({
        body: { items: (await webhooks.list(subject?.id ?? null)).map(webhookBody) },
      }),
    }),
    operation({
      ...{ name: `${prefix}.add`, method: "POST", place: list, path: "/webhooks", ...change },
      about: `Adds a webhook ${whose}; the answer has its secret. It gets what happens from now on.`,
      body: draft,
      output: webhookSchema.extend({ secret }),
      ...{ makes: true, hasVersion: true },
      work: async ({ webhooks }, { by, subject, body, attempt }) => {
        const officeId = subject?.id ?? null;
        const draft = readAs(webhooks.schemaFor(ownerOf(officeId)), body);
        const ref = { id: webhookIdOf(officeId, attempt.token), officeId };
        const secret = webhookSecretOf(attempt.seed);
        const made =
          (await webhooks.addOnce(ref.id, { officeId, draft, by, secret }).catch(refused)) ??
          (await addedBefore({ webhooks }, ref, secret));
        if (made === null) {
          throw new Problem("not-possible-now", { detail: "this request has added it", wasDone: true });
        }
        const location = `${subject === null ? "" : `/offices/${subject.id}`}/webhooks/${made.webhook.id}`;
        return { ...webhookResult(made.webhook, { secret: made.secret.reveal() }), location };
      },
    }),
  ];
}

/** What the same request has added before its answer was lost; null where its secret was replaced since. */
async function addedBefore(
  { webhooks }: Pick<ApiServices, "webhooks">,
  ref: WebhookRef,
  secret: Secret,
): Promise<AddedWebhook | null> {
  const webhook = await webhooks.find(ref.officeId, ref.id);
  return webhook !== null && (await webhooks.isSecret(webhook, secret)) ? { webhook, secret } : null;
}

function oneOperations(prefix: string, one: Place<Webhook>): readonly Operation[] {
  return [
    operation({
      ...{ name: `${prefix}.get`, method: "GET", place: one, ...see },
      about: "Reads a webhook.",
      output: webhookSchema,
      hasVersion: true,
      work: (_services, { subject }) => Promise.resolve(webhookResult(subject, {})),
    }),
    operation({
      ...{ name: `${prefix}.change`, method: "PATCH", place: one, ...change },
      about: "Changes a webhook; what is left out stays. Switched on, it goes on where it was.",
      body: changes,
      output: webhookSchema,
      ...{ takesVersion: true, hasVersion: true },
      work: changeOne,
    }),
    operation({
      ...{ name: `${prefix}.delete`, method: "DELETE", place: one, ...change },
      about: "Deletes a webhook and the log of its deliveries.",
      work: async ({ webhooks }, { by, subject }) => {
        await webhooks.delete(subject, by);
        return { body: null };
      },
    }),
  ];
}

async function changeOne(
  { webhooks }: ApiServices,
  { by, subject, body: { state, ...fields }, versions }: Call<Webhook, unknown, z.output<typeof changes>>,
): Promise<Result<z.input<typeof webhookSchema>>> {
  const schema = webhooks.schemaFor(ownerOf(subject.officeId)).partial();
  const wanted = { ...readAs(schema, fields), state };
  if (versions === null) {
    return webhookResult(await webhooks.change(subject, wanted, by).catch(refused), {});
  }
  if (!isNamed(versions, versionOfWebhook(subject))) {
    throw new Problem("stale-version");
  }
  return webhookResult(await webhooks.changeNewest(subject, wanted, by).catch(overtaken), {});
}

function sendOperations(prefix: string, one: Place<Webhook>): readonly Operation[] {
  return [
    operation({
      ...{ name: `${prefix}.rotate-secret`, method: "POST", place: one, path: "/rotate-secret", ...change },
      about: "Makes a new secret; the one before signs beside it for a day.",
      output: z.strictObject({ secret }),
      work: async ({ webhooks }, { by, subject, attempt }) => {
        const made = await webhooks.rotateSecret(subject, by, webhookSecretOf(attempt.seed)).catch(refused);
        return { body: { secret: made.reveal() } };
      },
    }),
    operation({
      ...{ name: `${prefix}.test`, method: "POST", place: one, path: "/test", ...change },
      about: "Sends an event of the type webhook.test.",
      output: z.strictObject({ delivery: id }),
      work: async ({ webhooks }, { subject }) => ({ body: { delivery: await webhooks.test(subject) } }),
    }),
  ];
}

/** What was sent, and sending it again. */
function logOperations(prefix: string, one: Place<Webhook>): readonly Operation[] {
  return [
    operation({
      ...{
        name: `${prefix}.deliveries`,
        method: "GET",
        place: one,
        path: "/deliveries",
        action: "webhooks.see",
      },
      about: "Lists what was sent last and what waits, the newest first, a hundred at most.",
      output: z.strictObject({ items: z.array(deliverySchema) }),
      work: async ({ webhooks }, { subject }) => ({
        body: { items: (await webhooks.deliveries(subject)).map(deliveryBody) },
      }),
    }),
    operation({
      ...{ name: `${prefix}.send-again`, method: "POST", place: one, path: "/send-again", ...change },
      about: "Sends a delivery again, under the same webhook-id.",
      body: z.strictObject({ delivery: id }),
      work: async ({ webhooks }, { subject, body: { delivery } }) => {
        if (!(await webhooks.sendAgain(subject, delivery))) {
          throw wrongField("delivery", "is not in the log");
        }
        return { body: null };
      },
    }),
  ];
}

const replayOperation = (prefix: string, one: Place<Webhook>): Operation =>
  operation({
    ...{ name: `${prefix}.replay`, method: "POST", place: one, path: "/replay", ...change },
    about: "Sends everything after a cursor of GET /events again, in order and under the same ids.",
    body: z.strictObject({ after: z.string().max(2_000) }),
    work: async ({ webhooks, events, cursors }, { subject, body: { after } }) => {
      const place = placeOf({ cursors }, subject.officeId, after);
      if (place === null) {
        throw wrongField("after", "is no cursor of these events");
      }
      if (!(await events.isWhole(subject.officeId, place))) {
        throw new Problem("events-gone");
      }
      await webhooks.replay(subject, place.position);
      return { body: null };
    },
  });

const operationsOf = (prefix: string, one: Place<Webhook>): readonly Operation[] => [
  ...oneOperations(prefix, one),
  ...sendOperations(prefix, one),
  ...logOperations(prefix, one),
  replayOperation(prefix, one),
];

/** The same operations for an office and for the platform. */
export const webhookOperations: readonly Operation[] = [
  ...listOperations("webhooks", OFFICE, "of an office"),
  ...operationsOf("webhooks", OFFICE_WEBHOOK),
  ...listOperations("platform-webhooks", PLATFORM, "for events of no office"),
  ...operationsOf("platform-webhooks", PLATFORM_WEBHOOK),
];

function overtaken(error: unknown): never {
  throw error instanceof OperatorError ? new Problem("stale-version", { cause: error }) : error;
}

function refused(error: unknown): never {
  throw error instanceof OperatorError
    ? new Problem("not-possible-now", { detail: error.message, cause: error })
    : error;
}
