import { hostname } from "node:os";
import manifest from "../../../package.json" with { type: "json" };
import type { Services } from "./compose.ts";
import type { Database } from "../../platform/database/database.ts";
import { knownMigrations } from "../../platform/database/migration-marks.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Log } from "../../kernel/log.ts";
import { SecretBox, type Secret } from "../../kernel/secret.ts";
import { ClockWatch, type Stoppable } from "../../platform/processes/clock-watch.ts";
import { Heartbeat } from "../../platform/processes/heartbeat.ts";
import { ProcessStore } from "../../platform/processes/process-store.ts";
import type { ProcessKind } from "../../platform/processes/running-process.ts";

interface Parts {
  readonly database: Database;
  readonly dataKeys: readonly Secret[];
  readonly log: Log;
}

/** What this process knows of the others, and of its own clock; nothing of it runs yet. */
export function composeProcesses({ database, dataKeys, log }: Parts) {
  return {
    store: new ProcessStore(database),
    clockWatch: new ClockWatch({ database, log }),
    /** Names of the keys in the secrets file that this process has read. */
    dataKeys: new SecretBox(dataKeys).names,
  };
}

/** Watches the clock and says that this process runs, until it is stopped. */
export async function startPresence({ processes, log }: Services, kind: ProcessKind): Promise<Stoppable> {
  const { store, clockWatch, dataKeys } = processes;
  await clockWatch.isRight();
  clockWatch.start();
  const heartbeat = new Heartbeat({
    store,
    log,
    clockOffMs: () => clockWatch.offMs,
    facts: {
      ...{ id: randomToken(12), kind, host: hostname(), pid: process.pid },
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
