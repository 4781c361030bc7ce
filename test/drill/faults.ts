import type { Installation } from "./installation.ts";
import type { Machine } from "./machine.ts";

/** Something that fails. `strike` answers what makes it whole again. */
export interface Fault {
  /** For the table. */
  readonly what: string;
  /** Seconds that it lasts; null: until people sign in again. */
  readonly lasts: number | null;
  strike(installation: Installation): Promise<() => Promise<void> | void>;
}

const nothing = () => undefined;

export const FAULTS: Readonly<Record<string, Fault>> = {
  "switched-over": {
    what: "the primary is switched over (`patronictl switchover`)",
    lasts: null,
    strike: async ({ databases }) => {
      await databases.switchOver();
      return nothing;
    },
  },
  "primary-killed": {
    what: "the machine of the primary loses its power, and comes back",
    lasts: null,
    strike: async ({ databases }) => {
      const machine = await databases.primary();
      await machine.kill();
      return () => {
        databases.startAgain(machine);
      };
    },
  },
  "postgresql-ended": {
    what: "PostgreSQL alone is killed on the primary",
    lasts: null,
    strike: async ({ databases }) => {
      await (await databases.primary()).end("postgres");
      return nothing;
    },
  },
  "primary-cut-off": {
    what: "the primary is cut off from the network for 45 s",
    lasts: 45,
    strike: ({ databases }) => cutOff(databases.primary()),
  },
  "primary-frozen": {
    what: "the machine of the primary hangs for 45 s",
    lasts: 45,
    strike: ({ databases }) => frozen(databases.primary()),
  },
  "standby-killed": {
    what: "the machine of the synchronous standby loses its power, and comes back",
    lasts: null,
    strike: async ({ databases }) => {
      const machine = await databases.synchronous();
      await machine.kill();
      return () => {
        databases.startAgain(machine);
      };
    },
  },
  "standby-frozen": {
    what: "the machine of the synchronous standby hangs for 45 s",
    lasts: 45,
    strike: ({ databases }) => frozen(databases.synchronous()),
  },
  "etcd-lost": {
    what: "all three etcd are killed, and come back after 45 s",
    lasts: 45,
    strike: async ({ databases }) => {
      await Promise.all(databases.machines.map((machine) => machine.end("etcd")));
      return () => {
        databases.machines.forEach(databases.startEtcd);
      };
    },
  },
  "server-killed": {
    what: "a server is killed (`kill -9`), and comes back",
    lasts: null,
    strike: async ({ servers, replaceServer }) => {
      await servers[0]?.kill();
      return () => replaceServer(0);
    },
  },
  "servers-replaced": {
    what: "the servers are stopped and started one after the other (an upgrade), and the worker is killed",
    lasts: null,
    strike: async ({ servers, replaceServer, replaceWorker }) => {
      for (const index of [0, 1]) {
        await servers[index]?.stop();
        await replaceServer(index);
        await untilProxyKnows();
      }
      await replaceWorker();
      return nothing;
    },
  },
};

async function cutOff(wanted: Promise<Machine>): Promise<() => Promise<void>> {
  const machine = await wanted;
  await machine.cut();
  return () => machine.join();
}

async function frozen(wanted: Promise<Machine>): Promise<() => Promise<void>> {
  const machine = await wanted;
  await machine.freeze();
  return () => machine.thaw();
}

/** HAProxy asks each server once a second. */
const untilProxyKnows = () => new Promise((resolve) => setTimeout(resolve, 3_000));
