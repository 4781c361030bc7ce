import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { newOfficeSchema } from "../src/domain/offices/office.ts";
import type { Services } from "../src/server/wiring/services.ts";
import { startReceiver, type Received, type WebhookReceiver } from "../test/support/webhook-receiver.ts";
import { withServices } from "./api-machine.ts";
import type { Options } from "./options.ts";
import { newInstallation, type Installation } from "./servers.ts";
import { processTime, postgresTime } from "./postgres-time.ts";
import { hundredths, seconds, table, whole } from "./table.ts";

const EVENTS = 20_000;
const GOAL = 1_000;
const WORKERS = 2;
const KILLED_EVERY_MS = 2_000;
/** Users whom the events of an office are about, in turn. */
const SUBJECTS = 100;
const BATCH = 1_000;
const TYPE = "user.disabled";
const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;

/** What is delivered, and how. */
interface Case {
  readonly name: string;
  readonly offices: number;
  readonly isKilled: boolean;
}

const CASES: readonly Case[] = [
  { name: "one webhook", offices: 1, isKilled: false },
  { name: "16 offices with a webhook each", offices: 16, isKilled: false },
  { name: "one webhook, a worker killed every 2 s", offices: 1, isKilled: true },
  { name: "16 offices, a worker killed every 2 s", offices: 16, isKilled: true },
];

/** Sealed events that wait, delivered by two worker processes to a receiver in this one. */
export async function deliveredEvents({ scale }: Options): Promise<string> {
  const events = Math.max(500, Math.round(EVENTS * scale));
  const rows: string[][] = [];
  // A receiver without TLS is for development only.
  await using installation = await newInstallation({
    ...{ NODE_ENV: "development", VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes", VESTIBULE_DEMO: "no" },
  });
  await withServices(installation, async (services) => {
    for (const [number, one] of CASES.entries()) {
      const receiver = await startReceiver();
      try {
        const offices = await addOffices(services, receiver, { number, count: one.offices });
        await addEvents(services, offices, events);
        rows.push([one.name, ...(await deliver(one, { installation, receiver, events }))]);
        await removeWebhooks(services, offices);
      } finally {
        await receiver.stop();
      }
    }
  });
  const head = [
    `${String(events)} events`,
    "in a second",
    "goal",
    "time",
    "lost",
    "out of order",
    "sent twice",
    "killed",
    "one costs: Node ms",
    "PostgreSQL ms",
  ];
  return table(head, rows);
}

async function addOffices(
  { officeService, webhooks: { service } }: Services,
  { url }: WebhookReceiver,
  { number, count }: { readonly number: number; readonly count: number },
): Promise<string[]> {
  const offices = [];
  for (let index = 0; index < count; index += 1) {
    const code = `EVENTS-${String(number)}-${String(index)}`;
    const id = await officeService.add(newOfficeSchema.parse({ code, name: code }), "bench");
    await service.add(id, { name: "Bench", url, types: [TYPE] }, OPERATOR);
    offices.push(id);
  }
  return offices;
}

async function addEvents(
  { audit, stores }: Services,
  offices: readonly string[],
  events: number,
): Promise<void> {
  const each = events / offices.length;
  for (const officeId of offices) {
    const event = { type: TYPE, outcome: "ok", officeId, actor: "bench" } as const;
    for (let from = 0; from < Math.ceil(each); from += BATCH) {
      const count = Math.min(BATCH, Math.ceil(each) - from);
      const subjects = Array.from(
        { length: count },
        (_, index) => `user ${String((from + index) % SUBJECTS)}`,
      );
      await audit.inOffice(officeId, (tx) => audit.addEach(tx, event, subjects));
    }
  }
  while ((await stores.auditSeals.seal(BATCH)) > 0);
}

async function removeWebhooks(
  { webhooks: { service } }: Services,
  offices: readonly string[],
): Promise<void> {
  for (const office of offices) {
    for (const webhook of await service.list(office)) {
      await service.delete(webhook, OPERATOR);
    }
  }
}

interface Stage {
  readonly installation: Installation;
  readonly receiver: WebhookReceiver;
  readonly events: number;
}

/** Answers the cells of a row. */
async function deliver(
  { offices, isKilled }: Case,
  { installation, receiver, events }: Stage,
): Promise<string[]> {
  const expected = Math.ceil(events / offices) * offices;
  const workers = Array.from({ length: WORKERS }, () => startWorker(installation));
  const { received } = receiver;
  while (received.length === 0) {
    await wait(5);
  }
  const [began, before] = [performance.now(), processorTime(installation, workers)];
  let killed = 0;
  let nextKill = isKilled ? began + KILLED_EVERY_MS : Infinity;
  const seen = new Set<string>();
  while (seen.size < expected) {
    await wait(20);
    received.slice(seen.size).forEach(({ id }) => {
      seen.add(id);
    });
    if (performance.now() > nextKill) {
      nextKill += KILLED_EVERY_MS;
      await replace(workers, killed % WORKERS, installation);
      killed += 1;
    }
  }
  const took = performance.now() - began;
  const after = processorTime(installation, workers);
  await Promise.all(workers.map((worker) => end(worker, "SIGTERM")));
  const first = firsts(received);
  return [
    ...[whole((first.length * 1000) / took), isKilled ? "" : String(GOAL), seconds(took)],
    ...[expected - first.length, outOfOrder(first), received.length - first.length, killed].map(String),
    // The time of those that were killed is not known any more.
    ...(isKilled
      ? ["", ""]
      : after.map((time, place) => hundredths((time - (before[place] ?? NaN)) / expected))),
  ];
}

/** Milliseconds of the workers, and of PostgreSQL. */
const processorTime = ({ dataDir }: Installation, workers: readonly ChildProcess[]): readonly number[] => [
  workers.reduce((sum, { pid = 0 }) => sum + (processTime(pid) ?? NaN), 0),
  postgresTime(dataDir) ?? NaN,
];

/** Each event as it came first. */
const firsts = (received: readonly Received[]): Received[] =>
  [...new Map(received.toReversed().map((each) => [each.id, each])).values()].toReversed();

/** Events that came behind a later one about the same user of the same office. */
function outOfOrder(events: readonly Received[]): number {
  const last = new Map<string, number>();
  return events.filter(({ id, subject }) => {
    const [, home = "", number = "0"] = id.split("_");
    const about = `${home} ${subject ?? ""}`;
    const isLate = Number(number) < (last.get(about) ?? 0);
    last.set(about, Math.max(Number(number), last.get(about) ?? 0));
    return isLate;
  }).length;
}

const WORKER = fileURLToPath(new URL("worker-process.ts", import.meta.url));

const startWorker = ({ environment }: Installation): ChildProcess =>
  fork(WORKER, [], { env: { PATH: process.env["PATH"], ...environment } });

async function replace(workers: ChildProcess[], place: number, installation: Installation): Promise<void> {
  const [before] = workers.splice(place, 1, startWorker(installation));
  if (before !== undefined) {
    await end(before, "SIGKILL");
  }
}

async function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (worker.exitCode === null && worker.signalCode === null) {
    const exited = once(worker, "exit");
    worker.kill(signal);
    await exited;
  }
}
