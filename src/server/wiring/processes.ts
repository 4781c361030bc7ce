import { hostname } from "node:os";
import manifest from "../../../package.json" with { type: "json" };
import { AuditSealer } from "../../domain/audit/audit-sealer.ts";
import { WebhookDelivery } from "../../domain/webhooks/webhook-delivery.ts";
import type { Log } from "../../kernel/log.ts";
import { randomToken } from "../../kernel/random.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import { connectDatabase } from "../../platform/database/database.ts";
import { startHousekeeping } from "../../platform/database/housekeeping.ts";
import { knownMigrations } from "../../platform/database/migration-marks.ts";
import type { QueueWork } from "../../platform/jobs/queue-work.ts";
import { Delivery } from "../../platform/messages/delivery.ts";
import type { Gateways, MessageGateway } from "../../platform/messages/gateway.ts";
import { HttpSms } from "../../platform/messages/http-sms.ts";
import { messageJobs } from "../../platform/messages/message-jobs.ts";
import { MessageWorkers } from "../../platform/messages/message-workers.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import { SmsProviders } from "../../platform/messages/sms-providers.ts";
import type { Stoppable } from "../../platform/processes/clock-watch.ts";
import { Heartbeat } from "../../platform/processes/heartbeat.ts";
import type { ProcessKind } from "../../platform/processes/running-process.ts";
import { connectionsTo, outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import { SignOutDelivery } from "../../protocol/sign-out/sign-out-delivery.ts";
import type { OutboxStore } from "../../screens/outbox/outbox-store.ts";
import { smsProviders, type SmsProviderName } from "../settings/message-gateways.ts";
import type { Settings } from "../settings/settings.ts";
import type { Services } from "./services.ts";
import { composeDeliveryStores, type DeliveryStores } from "./stores.ts";

/** Watches the system time and reports that this process runs, until it is stopped. */
export async function startPresence(
  { processes, settings, log }: Services,
  kind: ProcessKind,
): Promise<Stoppable> {
  const { store, clockWatch, dataKeys } = processes;
  const { number, of } = settings.share;
  await clockWatch.isRight();
  clockWatch.start();
  const heartbeat = new Heartbeat({
    store,
    log,
    clockOffMs: () => clockWatch.offsetMs,
    facts: {
      ...{ id: randomToken(12), kind, host: hostname(), pid: process.pid },
      ...{ number, of, primaryPid: of === 1 ? null : process.ppid },
      ...{ version: manifest.version, dataKeys, migration: (await knownMigrations()).at(-1) ?? "" },
    },
  });
  await heartbeat.start();
  return {
    stop: async () => {
      await clockWatch.stop();
      await heartbeat.stop();
    },
  };
}

/** The background work of a server: it purges expired rows, seals the audit log, and mails alarms to the staff. */
export function startUpkeep(services: Services): Stoppable {
  const { log, alarms, stores, passwordKinds } = services;
  const housekeeping = startHousekeeping(purgesOf(services), log);
  const sealer = new AuditSealer(stores.auditSeals, log);
  sealer.start();
  alarms.mails.start();
  passwordKinds.start();
  return {
    stop: async () => {
      await Promise.all([housekeeping.stop(), alarms.mails.stop(), passwordKinds.stop()]);
      await sealer.stop();
    },
  };
}

/** How long alarms may wait to be mailed; the audit log keeps the events. */
const ALARMS_KEPT_DAYS = 7;

/** How long the delivery of a message is visible. Its content is deleted as soon as the delivery ends. */
const MESSAGES_KEPT_DAYS = 30;

type Purge = (limit: number) => Promise<unknown>;

/** The purges of expired rows. Each uses the database's time, because the time of this process may be wrong. */
export const purgesOf = ({
  stores,
  auditLog,
  officePurge,
  log,
}: Pick<Services, "stores" | "auditLog" | "officePurge" | "log">): readonly Purge[] => [
  (limit) => stores.oidcModels.purge(limit),
  async (limit) => {
    const count = await stores.oidcModels.forgetCrowd(limit);
    if (count > 0) {
      log.warn({ count }, "more sign-ins were begun than are kept, and the oldest were dropped");
    }
  },
  (limit) => stores.signIns.purge(limit),
  (limit) => stores.drafts.purge(limit),
  (limit) => stores.rateLimits.purge(limit),
  (limit) => stores.messages.purge(MESSAGES_KEPT_DAYS, limit),
  (limit) => stores.jobs.purge(limit),
  (limit) => stores.apiRequests.purge(limit),
  (limit) => stores.alarms.purge(ALARMS_KEPT_DAYS, limit),
  (limit) => officePurge.run(limit),
  (limit) => auditLog.erased.run(limit),
  () => auditLog.retention.prune(),
];

/** What gateways stand on. */
interface GatewayDeps extends Pick<Services, "settings" | "hash" | "log"> {
  readonly outbox: OutboxStore;
  /** Where the budgets of providers are counted. */
  readonly rateLimits: RateLimitStore;
}

/** The gateways of the settings; each library is loaded only if it is used. */
export async function composeGateways({
  outbox,
  rateLimits: limits,
  ...deps
}: GatewayDeps): Promise<Gateways> {
  const { settings } = deps;
  const { mail, sms } = settings.gateways;
  const names = smsProviders(sms);
  const providers = await Promise.all(
    names.map(async (name) => ({
      name,
      gateway: await openSmsProvider(settings, name),
      daily: settings.messages.daily[name],
    })),
  );
  return {
    mail: mail === "smtp" ? await smtp(settings) : outboxOr(mail, outbox),
    sms: providers.length > 0 ? new SmsProviders({ ...deps, providers, limits }) : outboxOr(sms, outbox),
  };
}

const outboxOr = (gateway: string, outbox: OutboxStore): OutboxStore | null =>
  gateway === "outbox" ? outbox : null;

async function smtp({ messages }: Settings): Promise<MessageGateway> {
  const { SmtpMail } = await import("../../platform/messages/smtp-mail.ts");
  return new SmtpMail(messages.smtp);
}

/** One provider of text messages, without its budget. */
export async function openSmsProvider(settings: Settings, name: SmsProviderName): Promise<MessageGateway> {
  const { messages, outgoingAllowedHosts } = settings;
  switch (name) {
    case "vonage": {
      const { VonageSms } = await import("../../platform/messages/vonage-sms.ts");
      return new VonageSms(messages.vonage);
    }
    case "http": {
      const { timeoutMs, secret, ...gateway } = messages.smsHttp;
      if (secret === null) {
        throw new Error("Settings without a secret were taken.");
      }
      // Its host is the operator's choice, so it may be inside the network.
      const hosts = [...outgoingAllowedHosts, new URL(gateway.url).hostname];
      return new HttpSms({ ...gateway, secret }, outgoingFetch(hosts, { timeoutMs }));
    }
  }
}

/** The running delivery workers. */
export interface RunningWorkers {
  /** Returns whether all work in progress was finished. */
  stop(): Promise<boolean>;
}

/** Connections of a worker: few, and its own, so that a full queue does not slow down the pages. One of them says that it lives. */
const CONNECTIONS = 6;

/** How long a stopping worker waits for messages in progress. Without a limit it would hang when the database is down. */
const WORKERS_END_MS = 4_500;

/** Starts the delivery of messages, with its own connections; it slows down while the server `isBusy`. */
export async function startWorkers(
  services: Services,
  isBusy: () => boolean = () => false,
): Promise<RunningWorkers> {
  const { settings, box, hash, log, databaseUrl: url } = services;
  const database = connectDatabase({ url, size: CONNECTIONS, log, name: "vestibule jobs" });
  const presence = await database.markPresence();
  const stores = composeDeliveryStores({ settings, database, box, log, presence });
  const gateways = await composeGateways({ settings, hash, log, ...stores });
  const delivery = new Delivery({ store: stores.messages, jobs: messageJobs, box, gateways });
  const workers = new MessageWorkers({
    ...{ store: stores.jobs, delivery, gateways, isBusy, log },
    tasks: services.tasks,
    concurrency: settings.messages.concurrency,
    others: [signOutDelivery(services, stores), webhookDelivery(services, stores)],
  });
  const stop = async (): Promise<boolean> => {
    let isWhole = false;
    const work = async (): Promise<void> => {
      isWhole = await workers.stop();
    };
    await doneWithin(WORKERS_END_MS, Promise.allSettled([work()]));
    await Promise.all([gateways.mail?.close(), gateways.sms?.close()]);
    await database.close();
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

/** How long a receiver of events may take, how much of its answer is read, and how many connections it gets. */
const RECEIVER = { timeoutMs: 10_000, maxBytes: 16 * 1024, most: 16 };

/** Sends events to webhooks. */
const webhookDelivery = (
  { settings, box, log }: Services,
  { webhookTurns: turns, webhookDeliveries: deliveries, events, audit }: DeliveryStores,
): QueueWork =>
  new WebhookDelivery({
    ...{ turns, deliveries, events, audit, box, log },
    connect: () => connectionsTo(settings.outgoingAllowedHosts, RECEIVER),
  });

/** Notifies applications of sign-outs. */
function signOutDelivery({ settings, hash, log }: Services, stores: DeliveryStores): QueueWork {
  const { applications, signingKeys: keys } = stores;
  const { issuer, outgoingAllowedHosts } = settings;
  return new SignOutDelivery({
    ...{ issuer, applications, keys, hash, log },
    fetch: outgoingFetch(outgoingAllowedHosts),
  });
}
