import type { DatabaseFacts } from "../platform/database/inspection.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

export const MORE_CONNECTIONS =
  "Raise that limit, or lower VESTIBULE_DATABASE_POOL: every server opens as many, and a few more.";

/** Share of all connections; when fewer are free, the next server may get none. */
const FREE_SHARE = 0.1;

/** Whether the database accepts writes, and more connections. */
export function capacityOf({ isReadOnly, connections }: DatabaseFacts): Finding[] {
  const tightest = connections[0];
  const findings = tightest === undefined ? [] : [connectionsOf(tightest)];
  if (!isReadOnly) {
    return findings;
  }
  const advice =
    "Name the primary in DATABASE_URL; if this is it, set default_transaction_read_only to off or promote it.";
  return [
    fail("Writing", "the database is read-only, as a standby is: a server cannot start", advice),
    ...findings,
  ];
}

function connectionsOf({ of, most, used }: DatabaseFacts["connections"][number]): Finding {
  const says = `${String(used)} of ${String(most)} in use (limit of ${of})`;
  return most - used < most * FREE_SHARE
    ? warn("Connections", says, MORE_CONNECTIONS)
    : ok("Connections", says);
}

const MEGABYTE = 1024 * 1024;
/** PostgreSQL's write-ahead log alone takes this much under load. */
const LOW_MB = 1_024;
const EMPTY_MB = 100;

/** Free space on the disk of an embedded database, in bytes. */
export function diskOf(directory: string, free: number): Finding {
  const megabytes = Math.floor(free / MEGABYTE);
  const says = `${String(megabytes)} MB free in ${directory}`;
  const advice = "Make room: a database without it stops, and every request with it.";
  if (megabytes < EMPTY_MB) {
    return fail("Disk", says, advice);
  }
  return megabytes < LOW_MB ? warn("Disk", says, advice) : ok("Disk", says);
}
