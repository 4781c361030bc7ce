import { daysAfter, now } from "../../kernel/clock.ts";
import { QUEUES } from "../../platform/messages/message-jobs.ts";
import type { SigningKeyInfo } from "../../protocol/keys/signing-key.ts";
import { METRICS } from "./catalogue.ts";
import type { DatabaseFigures, Figure } from "./database-figures.ts";
import type { Instruments } from "./instruments.ts";

const NONE = {} as const;
const FAULTS = METRICS.vestibule_database_fault.labels.kind;
const CHANNELS = METRICS.vestibule_queue_jobs.labels.queue;
const STATES = METRICS.vestibule_queue_jobs.labels.state;
const TABLES = METRICS.vestibule_purge_backlog_seconds.labels.table;

/** What is shown of the database: what was read last, also while it does not answer. */
export function readFigures(
  instruments: Instruments,
  source: Pick<DatabaseFigures, "latest" | "fault" | "ageSeconds">,
  { keyDays }: { readonly keyDays: number },
): void {
  instruments.read("vestibule_database_usable", () => [
    { labels: NONE, value: source.fault === null ? 1 : 0 },
  ]);
  instruments.read("vestibule_database_fault", () =>
    FAULTS.map((kind) => ({ labels: { kind }, value: source.fault === kind ? 1 : 0 })),
  );
  instruments.read("vestibule_database_figures_age_seconds", () =>
    source.ageSeconds === null ? [] : [{ labels: NONE, value: source.ageSeconds }],
  );
  const figures = () => source.latest?.figures ?? null;
  readCounts(instruments, figures);
  readQueues(instruments, figures);
  readPeople(instruments, source);
  const keys = () => (source.latest?.keys ?? []).filter(({ expiresAt }) => expiresAt === null);
  instruments.read("vestibule_signing_key_age_seconds", () =>
    newestOf(keys().filter(({ usedFrom }) => usedFrom <= now())).map(({ algorithm, usedFrom }) => ({
      labels: { algorithm },
      value: secondsSince(usedFrom),
    })),
  );
  instruments.read("vestibule_signing_key_left_seconds", () =>
    newestOf(keys()).map(({ algorithm, usedFrom }) => ({
      labels: { algorithm },
      value: -secondsSince(daysAfter(usedFrom, keyDays)),
    })),
  );
}

type Read = () => readonly Figure[] | null;

const amountOf = (figures: readonly Figure[], name: Figure["figure"], label = "", state = ""): number =>
  figures.find((one) => one.figure === name && one.label === label && one.state === state)?.amount ?? 0;

function readCounts(instruments: Instruments, read: Read): void {
  const shown = [
    ["vestibule_audit_chains", "chains"],
    ["vestibule_audit_chain_head", "head"],
    ["vestibule_audit_unsealed", "unsealed"],
  ] as const;
  for (const [name, figure] of shown) {
    instruments.read(name, () => {
      const figures = read();
      return figures === null ? [] : [{ labels: NONE, value: amountOf(figures, figure) }];
    });
  }
  instruments.read("vestibule_purge_backlog_seconds", () => {
    const figures = read();
    return figures === null
      ? []
      : TABLES.map((table) => ({
          labels: { table },
          value: Math.max(0, amountOf(figures, "expired", table)),
        }));
  });
}

/** Every queue and state is there, also the empty ones. */
function readQueues(instruments: Instruments, read: Read): void {
  instruments.read("vestibule_queue_jobs", () => {
    const figures = read();
    return figures === null
      ? []
      : CHANNELS.flatMap((queue) =>
          STATES.map((state) => ({
            labels: { queue, state },
            value: amountOf(figures, "jobs", QUEUES[queue], state),
          })),
        );
  });
  instruments.read("vestibule_queue_oldest_seconds", () => {
    const figures = read();
    return figures === null
      ? []
      : CHANNELS.map((queue) => ({
          labels: { queue },
          value: amountOf(figures, "oldest", QUEUES[queue]),
        }));
  });
}

function readPeople(instruments: Instruments, source: Pick<DatabaseFigures, "latest">): void {
  instruments.read("vestibule_support_people", () => {
    const support = source.latest?.support ?? null;
    return support === null
      ? []
      : [
          { labels: { state: "active" }, value: support.active },
          { labels: { state: "usable" }, value: support.active - support.lockedOut },
        ];
  });
  instruments.read("vestibule_locked_out_offices", () =>
    source.latest === null ? [] : [{ labels: NONE, value: source.latest.lockedOutOffices }],
  );
}

/** One of each algorithm. */
function newestOf(keys: readonly SigningKeyInfo[]): SigningKeyInfo[] {
  const newest = new Map<string, SigningKeyInfo>();
  for (const key of keys) {
    const other = newest.get(key.algorithm);
    if (other === undefined || other.usedFrom < key.usedFrom) {
      newest.set(key.algorithm, key);
    }
  }
  return [...newest.values()];
}

const secondsSince = (at: Date): number => (now().getTime() - at.getTime()) / 1_000;
