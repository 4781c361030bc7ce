import type { AnyFlowName } from "./load.ts";
import { table, tenths, whole } from "./table.ts";

/** What has been used up since the server began, or by one flow. */
export interface Cost {
  /** Processor time in milliseconds. */
  readonly server: number;
  readonly postgres: number;
  /** Rows that were inserted, updated and deleted. */
  readonly rows: number;
  /** Bytes of the write-ahead log. */
  readonly wal: number;
  /** Bytes of the audit log, which stay for the time that the settings say. */
  readonly audit: number;
  /** Bytes of everything else, which go when they have expired. */
  readonly rest: number;
}

/** What a user of an office does on a working day; a month has 21 of them. */
const DAY: ReadonlyMap<AnyFlowName, number> = new Map([
  ["sign-in-totp", 1],
  ["silent", 3],
  ["refresh-rotated", 8],
  ["userinfo", 10],
  ["introspection", 20],
]);
const DAYS = 21;

/** Monday at nine: half of all users sign in within half an hour, and their applications ask at once for what a day has of them. */
const PEAK = { part: 0.5, seconds: 1_800 };
const AT_THE_PEAK: ReadonlyMap<AnyFlowName, number> = new Map([
  ["sign-in-totp", 1],
  ["silent", 1],
  ["userinfo", 2],
  ["introspection", 2],
]);

const USERS = [10_000, 100_000, 1_000_000, 10_000_000];

/** What so many users ask of the machines at the peak and in a month. */
export function growthTable(costs: ReadonlyMap<AnyFlowName, Cost>): string {
  const peak = sum(costs, AT_THE_PEAK);
  const day = sum(costs, DAY);
  return table(
    [
      "users",
      ...["sign-ins in a second at the peak", "cores for Node", "cores for PostgreSQL", "WAL MB/s"],
      ...["WAL in a month GB", "audit log in a month GB"],
    ],
    USERS.map((users) => {
      const rate = (users * PEAK.part) / PEAK.seconds;
      const month = (bytes: number) => tenths((users * DAYS * bytes) / 1e9);
      return [
        users.toLocaleString("en"),
        tenths(rate),
        cores(rate * peak.server),
        cores(rate * peak.postgres),
        tenths((rate * peak.wal) / 1e6),
        month(day.wal),
        month(day.audit),
      ];
    }),
  );
}

const cores = (milliseconds: number): string =>
  milliseconds < 10_000 ? tenths(milliseconds / 1_000) : whole(milliseconds / 1_000);

function sum(
  costs: ReadonlyMap<AnyFlowName, Cost>,
  times: ReadonlyMap<AnyFlowName, number>,
): Pick<Cost, "server" | "postgres" | "wal" | "audit"> {
  const of = (name: keyof Cost) =>
    [...times].reduce((all, [flow, often]) => all + often * Math.max(0, costs.get(flow)?.[name] ?? NaN), 0);
  return { server: of("server"), postgres: of("postgres"), wal: of("wal"), audit: of("audit") };
}
