import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { composeServices, type Services } from "../src/server/wiring/services.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { startSmsStandIn, type SmsStandIn } from "../test/support/sms-stand-in.ts";
import { figuresOf } from "./figures.ts";
import { runRound } from "./load.ts";
import type { Options } from "./options.ts";
import { newInstallation, type Installation } from "./servers.ts";
import { table, tenths, whole } from "./table.ts";
import { prepareTarget } from "./target.ts";

const MESSAGES = 10_000;
const WORKERS = 2;

/** A queue of text messages, drained by a server while people sign in, and by workers alone. Answers the table. */
export async function drain(options: Options): Promise<string> {
  const provider = await startSmsStandIn();
  // A provider without TLS is for development only.
  const environment = {
    ...{ NODE_ENV: "development", VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes", VESTIBULE_DEMO: "no" },
    ...provider.environment,
  };
  await using installation = await newInstallation(environment);
  const services = await composeServices(readSettings(installation.environment));
  try {
    const { idle, busy, beside } = await signInsBeside({ installation, services, provider }, options);
    await queue(services);
    const alone = await drainedBy(installation, provider);
    return table(
      ["", "sign-ins in a second", "p50 ms", "p95 ms", "messages in a second"],
      [
        ["sign-ins, empty queue", whole(idle.rate), tenths(idle.p50), tenths(idle.p95), ""],
        [`${String(WORKERS)} worker processes`, "", "", "", whole(alone)],
        [
          `sign-ins, ${String(MESSAGES)} queued`,
          whole(busy.rate),
          tenths(busy.p50),
          tenths(busy.p95),
          whole(beside),
        ],
      ],
    );
  } finally {
    await services.close();
    await provider.stop();
  }
}

interface Stage {
  readonly installation: Installation;
  readonly services: Services;
  readonly provider: SmsStandIn;
}

/** Sign-ins at a server that has nothing to hand over, and then at the same server with a full queue. */
async function signInsBeside({ installation, services, provider }: Stage, options: Options) {
  await using server = await installation.start("Vestibule");
  const target = await prepareTarget(server, installation.dataDir);
  const measured = async () => {
    const rounds = [];
    for (let round = 0; round < options.rounds; round += 1) {
      rounds.push(await runRound(target, "sign-in", options.seconds));
    }
    return figuresOf(rounds);
  };
  const idle = await measured();
  await queue(services);
  const [before, began] = [provider.taken.length, performance.now()];
  const busy = await measured();
  console.error(`${String(provider.taken.length)} of ${String(MESSAGES)} taken beside the sign-ins`);
  const beside = ((provider.taken.length - before) * 1000) / (performance.now() - began);
  while (provider.taken.length < MESSAGES) {
    await wait(50);
  }
  return { idle, busy, beside };
}

async function queue({ messages, database, offices }: Services): Promise<void> {
  const officeId = (await offices.list(1))[0]?.id ?? "";
  const until = new Date(Date.now() + 3_600_000);
  await database.inOffice(officeId, async (tx) => {
    for (let index = 0; index < MESSAGES; index += 1) {
      const to = `+3161${String(1_112_000 + (index % 8_000))}`;
      await messages.queue.send(tx, { channel: "sms", to, text: "123456 is your code", officeId, until });
    }
  });
}

/** Messages in a second, from the first to the last. */
async function drainedBy({ environment }: Installation, provider: SmsStandIn): Promise<number> {
  const file = fileURLToPath(new URL("worker-process.ts", import.meta.url));
  const env = { PATH: process.env["PATH"], ...environment };
  const workers = Array.from({ length: WORKERS }, () => fork(file, [], { env }));
  while (provider.taken.length <= MESSAGES) {
    await wait(5);
  }
  const began = performance.now();
  while (provider.taken.length < 2 * MESSAGES) {
    await wait(5);
  }
  const rate = (MESSAGES * 1000) / (performance.now() - began);
  const ended = workers.map((worker) => once(worker, "exit"));
  workers.forEach((worker) => worker.kill("SIGTERM"));
  await Promise.all(ended);
  return rate;
}
