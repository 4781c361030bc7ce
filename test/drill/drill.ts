import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FailoverLoad, type Trip } from "../support/failover-load.ts";
import { judge } from "../support/failover-verdict.ts";
import { eventually } from "../support/eventually.ts";
import { startDatabases } from "./databases.ts";
import { FAULTS, type Fault } from "./faults.ts";
import { install, type Installation, type Way } from "./installation.ts";
import { makeMachines } from "./machine.ts";

const VISITORS = 6;
/** Sign-ins before a fault and after it. */
const ENOUGH = 20;

/** What one fault did to people who sign in. */
export interface Outcome {
  /** The longest time without a finished sign-in. */
  readonly secondsAway: number;
  readonly finished: number;
  /** Answered with 502, 503 or 504. */
  readonly refused: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly wrong: readonly string[];
}

/** Lets a fault happen while people sign in, waits until everything is whole again, and judges what was answered. */
async function suffer(installation: Installation, fault: Fault): Promise<Outcome> {
  const { databases, issuer, port, application } = installation;
  await databases.whole();
  const next = () => installation.next();
  const load = new FailoverLoad({ issuer, ports: [port], application, next }, VISITORS);
  await finishedSince(load, 0);
  const struckAt = performance.now();
  const heal = await fault.strike(installation);
  await (fault.lasts === null ? finishedSince(load, performance.now()) : wait(fault.lasts * 1_000));
  await heal();
  await finishedSince(load, performance.now());
  await databases.whole();
  await load.end();
  const trips = load.trips.filter(({ finishedAt = Infinity }) => finishedAt > struckAt - 2_000);
  const verdict = await judge(trips, { application, port, ask: databases.ask });
  return {
    secondsAway: longestPause(load.finished(), struckAt) / 1_000,
    finished: load.finished().length,
    refused: load.refusals.length,
    ...verdict,
  };
}

const finishedSince = (load: FailoverLoad, moment: number) =>
  eventually(
    () => Promise.resolve(load.finished().filter(({ startedAt }) => startedAt >= moment).length),
    (count) => count >= ENOUGH,
    { seconds: 120 },
  );

function longestPause(trips: readonly Trip[], from: number): number {
  const times = trips.map(({ finishedAt = 0 }) => finishedAt).filter((time) => time > from - 1_000);
  const sorted = times.toSorted((one, other) => one - other);
  return Math.max(...sorted.slice(1).map((time, index) => time - (sorted[index] ?? time)));
}

/** Runs these faults one after the other on an installation of their own; `said` hears of each. */
export async function drill(
  names: readonly string[],
  way: Way,
  said: (name: string, outcome: Outcome) => void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-drill-"));
  chmodSync(directory, 0o755);
  try {
    await using machines = await makeMachines(3, directory);
    const databases = await startDatabases(machines.all, directory);
    await using installation = await install(databases, directory, way);
    for (const name of names) {
      said(name, await suffer(installation, faultOf(name)));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function faultOf(name: string): Fault {
  const fault = FAULTS[name];
  if (fault === undefined) {
    throw new Error(`Unknown: ${name}. There are: ${Object.keys(FAULTS).join(", ")}.`);
  }
  return fault;
}
