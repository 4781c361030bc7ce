import { isDeepStrictEqual } from "node:util";
import type { Actor } from "../access/actor.ts";
import { homeOf, idAt, idOfAttempt, NO_OFFICE } from "../../kernel/home.ts";
import { now } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { randomId } from "../../kernel/random.ts";
import type { Secret, SecretBox } from "../../kernel/secret.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { EventOwner } from "../events/event-catalogue.ts";
import type { WebhookDeliveryStore } from "./webhook-delivery-store.ts";
import { firstSealed, isCurrentSecret, newWebhookSecret, nextSealed } from "./webhook-secret.ts";
import { markOf, type WebhookRef, type WebhookStore } from "./webhook-store.ts";
import {
  MOST_WEBHOOKS,
  versionOfWebhook,
  webhookSchema,
  type Webhook,
  type WebhookChanges,
  type WebhookDelivery,
  type WebhookDraft,
} from "./webhook.ts";

interface Deps {
  readonly webhooks: WebhookStore;
  readonly deliveries: WebhookDeliveryStore;
  readonly audit: AuditStore;
  readonly box: SecretBox;
  readonly isDevelopment: boolean;
}

interface NewWebhook {
  readonly officeId: string | null;
  readonly draft: WebhookDraft;
  readonly by: Actor;
  /** Instead of one that is made here. */
  readonly secret?: Secret;
}

export interface AddedWebhook {
  readonly webhook: Webhook;
  readonly secret: Secret;
}

const homeFor = (officeId: string | null): number => (officeId === null ? NO_OFFICE : homeOf(officeId));

/** A random id at the home of the office. */
export const newWebhookId = (officeId: string | null): string => idAt(homeFor(officeId));

/** The id of the webhook that one request adds, however often it is repeated. */
export const webhookIdOf = (officeId: string | null, attempt: string): string =>
  idOfAttempt(homeFor(officeId), attempt);

/** What the log of a webhook shows. */
const SHOWN = 100;

/** All that administrators and programs do with webhooks. */
export class WebhookService {
  readonly #schemas: Readonly<Record<EventOwner, ReturnType<typeof webhookSchema>>>;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { isDevelopment } = deps;
    this.#schemas = {
      office: webhookSchema(isDevelopment, "office"),
      platform: webhookSchema(isDevelopment, "platform"),
    };
  }

  /** Reads and judges what was typed or sent for a webhook of this owner. */
  schemaFor(owner: EventOwner): ReturnType<typeof webhookSchema> {
    return this.#schemas[owner];
  }

  list(officeId: string | null): Promise<readonly Webhook[]> {
    return this.#deps.webhooks.list(officeId);
  }

  /** Null for an unknown webhook, and for one of another office. */
  find(officeId: string | null, id: string): Promise<Webhook | null> {
    return this.#deps.webhooks.find({ id, officeId });
  }

  /** The secret is returned here once. Throws an OperatorError when the office has as many as it may have. */
  async add(officeId: string | null, draft: WebhookDraft, by: Actor): Promise<AddedWebhook> {
    const added = await this.addOnce(newWebhookId(officeId), { officeId, draft, by });
    if (added === null) {
      throw new Error("A random id was taken.");
    }
    return added;
  }

  /** The same for a form that may be sent twice: null when this id, a random one, is there already. */
  async addOnce(
    id: string,
    { officeId, draft, by, secret = newWebhookSecret() }: NewWebhook,
  ): Promise<AddedWebhook | null> {
    const { webhooks, box } = this.#deps;
    const sealed = firstSealed(box, id, secret);
    const webhook = await webhooks.inOfficeOf(officeId, async (tx) => {
      const added = await webhooks.add(tx, draft, { id, sealed, at: now() });
      if (added !== null) {
        await this.#record(tx, added, { type: "webhook.added", by });
      }
      return added;
    });
    if (webhook === null && (await webhooks.find({ id, officeId })) === null) {
      throw new OperatorError(`There are ${String(MOST_WEBHOOKS)} webhooks already.`);
    }
    return webhook === null ? null : { webhook, secret };
  }

  /**
   * Merges the changes into what is stored. A new address, or one that is switched on, is tried at once and goes on where it was.
   * Without a difference, such as by a form that is sent twice, nothing is written and no event recorded.
   */
  change(webhook: WebhookRef, changes: WebhookChanges, by: Actor): Promise<Webhook> {
    return this.#change(webhook, { changes, by, seen: null });
  }

  /** The same; throws an OperatorError when it has been changed since `webhook` was read, because that change would be lost. */
  changeNewest(webhook: Webhook, changes: WebhookChanges, by: Actor): Promise<Webhook> {
    return this.#change(webhook, { changes, by, seen: webhook });
  }

  async #change(
    { id, officeId }: WebhookRef,
    { changes, by, seen }: { changes: WebhookChanges; by: Actor; seen: Webhook | null },
  ): Promise<Webhook> {
    const { webhooks } = this.#deps;
    return webhooks.inOfficeOf(officeId, async (tx) => {
      const before = await webhooks.lock(tx, id);
      if (before === null) {
        throw new OperatorError("The webhook has just been deleted.");
      }
      if (seen !== null && versionOfWebhook(before) !== versionOfWebhook(seen)) {
        throw new OperatorError(`The webhook ${seen.name} has just been changed by another change.`);
      }
      const wanted = merged(before, changes);
      if (isDeepStrictEqual(wanted, before)) {
        return before;
      }
      await webhooks.change(tx, wanted);
      if (wanted.url !== before.url || wanted.state !== before.state) {
        await webhooks.tryAtOnce(tx, id);
      }
      await this.#record(tx, before, { type: "webhook.changed", by });
      return (await webhooks.lock(tx, id)) ?? wanted;
    });
  }

  async delete(webhook: Webhook, by: Actor): Promise<void> {
    const { webhooks } = this.#deps;
    await webhooks.inOfficeOf(webhook.officeId, async (tx) => {
      if (await webhooks.remove(tx, webhook.id)) {
        await this.#record(tx, webhook, { type: "webhook.deleted", by });
      }
    });
  }

  /**
   * Returns the new secret, once. The one before signs beside it for a day. A `secret` is used instead of one that is made here; where
   * it is the current one already, nothing is changed and no event recorded. Throws an OperatorError when the secret has been replaced
   * since `webhook` was read: the one that receivers have, which the other change keeps for a day, would end at once.
   */
  async rotateSecret(webhook: Webhook, by: Actor, secret = newWebhookSecret()): Promise<Secret> {
    const { webhooks, box } = this.#deps;
    const { id } = webhook;
    return webhooks.inOfficeOf(webhook.officeId, async (tx) => {
      const before = await webhooks.findSealed(tx, id);
      if (before === null) {
        throw new OperatorError("The webhook has just been deleted.");
      }
      if (isCurrentSecret(box, { id, sealed: before }, secret)) {
        return secret;
      }
      if (markOf(before) !== webhook.mark) {
        throw new OperatorError("The secret has just been replaced by another change.");
      }
      await webhooks.changeSealed(tx, id, nextSealed(box, { id, sealed: before, at: now() }, secret));
      await this.#record(tx, webhook, { type: "webhook.secret-rotated", by });
      return secret;
    });
  }

  /** Whether this is the current secret. */
  async isSecret(webhook: WebhookRef, secret: Secret): Promise<boolean> {
    const { webhooks, box } = this.#deps;
    const sealed = await webhooks.inOfficeOf(webhook.officeId, (tx) => webhooks.findSealed(tx, webhook.id));
    return sealed !== null && isCurrentSecret(box, { id: webhook.id, sealed }, secret);
  }

  /** Sends an event of the type webhook.test, once for an attempt, however often it is repeated. Returns the id of its delivery. */
  async test({ id: webhook, officeId }: WebhookRef, attempt = randomId()): Promise<string> {
    const { webhooks, deliveries } = this.#deps;
    const id = idOfAttempt(homeFor(officeId), `test of ${webhook} ${attempt}`);
    const eventId = `evt_test_${randomId()}`;
    await webhooks.inOfficeOf(officeId, (tx) => deliveries.addTest(tx, { webhook, id, eventId }));
    return id;
  }

  /** The newest first, a hundred at most. */
  deliveries(webhook: Webhook): Promise<readonly WebhookDelivery[]> {
    const { webhooks, deliveries } = this.#deps;
    return webhooks.inOfficeOf(webhook.officeId, (tx) => deliveries.list(tx, webhook.id, SHOWN));
  }

  /** Returns false when the log no longer has it. With `seen`, it is sent once to a form that has shown when it was added. */
  sendAgain(webhook: Webhook, id: string, seen: Date | null = null): Promise<boolean> {
    const { webhooks, deliveries } = this.#deps;
    return webhooks.inOfficeOf(webhook.officeId, (tx) => deliveries.sendAgain(tx, webhook.id, { id, seen }));
  }

  /** Sends everything after a position of the log again, in order. */
  replay(webhook: Webhook, position: number): Promise<void> {
    const { webhooks } = this.#deps;
    return webhooks.inOfficeOf(webhook.officeId, (tx) => webhooks.replay(tx, webhook.id, position));
  }

  #record(
    tx: Queryable,
    { id, officeId }: Pick<Webhook, "id" | "officeId">,
    { type, by }: { readonly type: AuditType; readonly by: Actor },
  ): Promise<void> {
    return this.#deps.audit.add(tx, { type, outcome: "ok", officeId, actor: by.id, subject: id });
  }
}

const merged = (before: Webhook, changes: WebhookChanges): Webhook => {
  const { name = before.name, url = before.url, types = before.types, state = before.state } = changes;
  return { ...before, name, url, types, state };
};
