import { z } from "zod";
import { versionOfWebhook, type Webhook, type WebhookDelivery } from "../../domain/webhooks/webhook.ts";
import { tagOf } from "../conditions.ts";
import { id, moment, timeOf, timeOrNull } from "../listing.ts";

/** A webhook as the API shows it. */
export const webhookSchema = z.strictObject({
  id,
  name: z.string(),
  url: z.string(),
  types: z.array(z.string()).meta({ description: "names of event types; none for all" }),
  state: z.enum(["on", "off", "failed"]).meta({ description: "failed: switched off after days of failure" }),
  failingSince: moment.nullable().meta({ description: "since when no try has succeeded" }),
  createdAt: moment,
});
export const shownSecret = z.string().meta({ description: "shown this once" });

export const webhookDraft = z.strictObject({
  name: z.string(),
  url: z.string().meta({ description: "an https address" }),
  types: z.array(z.string()).default([]).meta({
    description: "names of docs/events.md that its owner has events of; none for all",
  }),
});
export const webhookChanges = z.strictObject({
  name: z.string().optional(),
  url: z.string().optional(),
  types: z.array(z.string()).optional(),
  state: z.enum(["on", "off"]).optional(),
});

export const deliverySchema = z.strictObject({
  id,
  event: z.string().meta({ description: "the event's id, and the webhook-id of its requests" }),
  type: z.string(),
  state: z.enum(["waiting", "delivered", "given-up"]),
  attempts: z.int(),
  addedAt: moment,
  dueAt: moment.nullable().meta({ description: "of the next try" }),
  triedAt: moment.nullable(),
  status: z.int().nullable().meta({ description: "of the last answer; null: there was none" }),
  durationMs: z.int().nullable(),
  fault: z.string().nullable().meta({ description: "why there was no answer" }),
});

export const webhookBody = ({
  officeId: _,
  mark: __,
  types,
  failingSince,
  createdAt,
  ...webhook
}: Webhook) => ({
  ...{ ...webhook, types: [...types] },
  ...{ failingSince: timeOrNull(failingSince), createdAt: timeOf(createdAt) },
});

/** A webhook with its version, and `more`. */
export function webhookResult<More extends object>(webhook: Webhook, more: More) {
  const shown = webhookBody(webhook);
  return { body: { ...shown, ...more }, version: tagOf(versionOfWebhook(webhook), shown) };
}

export const deliveryBody = ({ eventId, addedAt, dueAt, triedAt, ...delivery }: WebhookDelivery) => ({
  ...{ ...delivery, event: eventId, addedAt: timeOf(addedAt) },
  ...{ dueAt: timeOrNull(dueAt), triedAt: timeOrNull(triedAt) },
});
