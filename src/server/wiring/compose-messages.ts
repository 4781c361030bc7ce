import type { Services } from "./compose.ts";
import { connectDatabase, type Database } from "../../platform/database/database.ts";
import { connectJobs } from "../../platform/database/job-connection.ts";
import type { Texts } from "../../platform/web/texts.ts";
import { systemClock, type Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { SecretBox, type Secret } from "../../kernel/secret.ts";
import { doneWithin } from "../../kernel/within.ts";
import { Delivery } from "../../platform/messages/delivery.ts";
import type { Gateways } from "../../platform/messages/gateway.ts";
import { MailView } from "../../platform/messages/mail-view.ts";
import { messageJobs } from "../../platform/messages/message-jobs.ts";
import { MessageStore } from "../../platform/messages/message-store.ts";
import { MessageWorkers } from "../../platform/messages/message-workers.ts";
import { Notices } from "../../platform/messages/notices.ts";
import { OutboxStore } from "../../screens/outbox/outbox-store.ts";
import { QueueHealthStore } from "../../platform/messages/queue-health-store.ts";
import { Receipts } from "../../platform/messages/receipts.ts";
import { StoredQueue } from "../../platform/messages/stored-queue.ts";
import { composeSignOutDelivery } from "./compose-sign-out.ts";
import type { Settings } from "../settings/settings.ts";

interface Parts {
  readonly settings: Settings;
  readonly database: Database;
  readonly dataKeys: readonly Secret[];
  readonly texts: Texts;
  readonly clock?: Clock;
}

/** The side that has something to tell. */
export function composeMessages({ settings, database, dataKeys, texts, clock = systemClock }: Parts) {
  const store = new MessageStore(database);
  const queue = new StoredQueue({ store, jobs: messageJobs, box: new SecretBox(dataKeys), clock });
  const view = new MailView(texts, { product: settings.productName, issuer: settings.issuer });
  return {
    queue,
    statuses: store,
    store,
    view,
    queues: new QueueHealthStore(database),
    notices: new Notices({
      // Without a gateway nobody would ever fetch them.
      queue: settings.gateways.mail === "none" ? null : queue,
      view,
    }),
  };
}

/** Who hears receipts, where a provider sends some. */
export function composeReceipts({ settings, messages: { store } }: Services): Receipts | null {
  return settings.gateways.sms === "vonage"
    ? new Receipts({ store, clock: systemClock, ...settings.messages.receipts })
    : null;
}

/** The gateways that the settings name; each library is loaded only where it is used. */
export async function composeGateways(settings: Settings, database: Database): Promise<Gateways> {
  const outbox = new OutboxStore(database, systemClock);
  return {
    mail: settings.gateways.mail === "smtp" ? await smtp(settings) : outboxOr(settings.gateways.mail, outbox),
    sms:
      settings.gateways.sms === "vonage" ? await vonage(settings) : outboxOr(settings.gateways.sms, outbox),
  };
}

const outboxOr = (gateway: string, outbox: OutboxStore) => (gateway === "outbox" ? outbox : null);

async function smtp({ messages }: Settings) {
  const { SmtpMail } = await import("../../platform/messages/smtp-mail.ts");
  return new SmtpMail(messages.smtp);
}

async function vonage({ messages }: Settings) {
  const { VonageSms } = await import("../../platform/messages/vonage-sms.ts");
  return new VonageSms(messages.vonage);
}

/** What hands messages over, running. */
export interface RunningWorkers {
  /** Answers whether everything in hand was done. */
  stop(): Promise<boolean>;
}

/** Connections of a worker: so few that a full queue does not slow the pages. */
const CONNECTIONS = { delivery: 3, jobs: 2 };

/** How long messages in hand are waited for when a worker stops; without the database they never end. */
const WORKERS_END_MS = 4_500;

/** Starts the side that hands messages over, with connections of its own; beside people, it lets them go first. */
export async function startWorkers(
  services: Services,
  isBusy: () => boolean = () => false,
): Promise<RunningWorkers> {
  const { settings, secrets, log, databaseUrl } = services;
  const connection = connectJobs({ url: databaseUrl, size: CONNECTIONS.jobs, log });
  const database = connectDatabase({ url: databaseUrl, size: CONNECTIONS.delivery, log });
  const gateways = await composeGateways(settings, database);
  const delivery = new Delivery({
    store: new MessageStore(database),
    jobs: messageJobs,
    box: new SecretBox(secrets.dataKeys),
    gateways,
    clock: systemClock,
  });
  const workers = new MessageWorkers({
    connection,
    delivery,
    gateways,
    tasks: services.imports.tasks,
    concurrency: settings.messages.concurrency,
    isBusy,
    others: [composeSignOutDelivery(services, database)],
    log,
  });
  const stop = async () => {
    let isWhole = false;
    const work = async () => {
      isWhole = await workers.stop();
    };
    await doneWithin(WORKERS_END_MS, Promise.allSettled([work()]));
    await Promise.all([gateways.mail?.close(), gateways.sms?.close()]);
    await Promise.all([connection.close(), database.close()]);
    return isWhole;
  };
  await startOrStop(workers, stop, log);
  return { stop };
}

async function startOrStop(workers: MessageWorkers, stop: () => Promise<unknown>, log: Log): Promise<void> {
  try {
    await workers.start();
  } catch (error) {
    log.error({ error }, "the message queue did not start");
    await stop();
    throw error;
  }
}
