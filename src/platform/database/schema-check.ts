import { OperatorError } from "../../kernel/errors.ts";
import type { InstalledSchema } from "./installed-schema.ts";
import expected from "./schema.json" with { type: "json" };

/** How many missing things a sentence names. */
const MAX_LISTED = 5;

/** What a whole database has and this one has not, without what goes with a missing table; empty is right. */
function missingThings({ things }: InstalledSchema): readonly string[] {
  const there = new Set(things);
  const missing = expected.things.filter((thing) => !there.has(thing));
  const tables = missing.filter((thing) => thing.startsWith("table ")).map((thing) => thing.slice(6));
  const others = missing.filter((thing) => !thing.startsWith("table "));
  return [
    ...tables.map((table) => `table ${table}`),
    ...others.filter((thing) => !tables.some((table) => isPartOf(thing, table))),
  ];
}

const isPartOf = (thing: string, table: string): boolean =>
  thing.includes(` ${table}.`) || thing.endsWith(`row-level security of ${table}`);

/** The tables among what has to be there: whoever finds one of them has met a Vestibule. */
export const OUR_TABLES: readonly string[] = expected.things
  .filter((thing) => /^table [^.]+$/.test(thing))
  .map((thing) => thing.slice(6));

/** What vestibule_app needs on what is there, and lacks, each as "select on table users". What everybody may do, it may too. */
export function missingRights({ things, rights, everybody }: InstalledSchema): readonly string[] {
  const there = new Set(things);
  const given = new Set([...rights, ...everybody]);
  return expected.rights.filter((right) => !given.has(right) && hasObject(right, there));
}

function hasObject(right: string, things: ReadonlySet<string>): boolean {
  const object = right.slice(right.indexOf(" on ") + 4);
  return object.startsWith("schema ") || things.has(object);
}

/** What every role may do and must not: what runs with the owner's rights, such as sealing the audit log, and making tables. */
export function surplusRights({ everybody }: InstalledSchema): readonly string[] {
  return everybody.filter((right) => /^(execute on function|create on schema) /.test(right));
}

/** One sentence for a database that is not whole, with what to do about it; null when nothing is missing. */
export function schemaFault(row: InstalledSchema): string | null {
  const missing = missingThings(row);
  if (missing.length === 0) {
    return ownerFault(row);
  }
  const open = missing.filter((thing) => thing.includes("row-level security of"));
  if (open.length === missing.length) {
    return `${listSome(open)} ${open.length === 1 ? "is" : "are"} off, so nothing keeps offices apart. Type as the owner of the tables: ${open.map(switchingOn).join(" ")}`;
  }
  return `The database is not whole: ${listSome(missing)} ${missing.length === 1 ? "is" : "are"} missing. A restore that did not end leaves this behind: restore the backup again, into an empty database.`;
}

function ownerFault({ owners }: InstalledSchema): string | null {
  return owners.length > 1
    ? `The tables and functions belong to several roles (${owners.join(", ")}), so the audit log cannot be sealed. Restore the backup again, into an empty database, as one role and with --no-owner.`
    : null;
}

function switchingOn(thing: string): string {
  const [, isForced, table = ""] = /^(forced )?row-level security of (.+)$/.exec(thing) ?? [];
  return `alter table ${table} ${isForced === undefined ? "enable" : "force"} row level security;`;
}

/** The first few of a list, and how many more there are. */
export function listSome(all: readonly string[]): string {
  return `${all.slice(0, MAX_LISTED).join(", ")}${andMore(all)}`;
}

/** The first few of many statements, to be typed or to show of what kind they are. */
export function joinSome(statements: readonly string[]): string {
  return `${statements.slice(0, MAX_LISTED).join(" ")}${andMore(statements)}`;
}

const andMore = ({ length }: readonly string[]): string =>
  length > MAX_LISTED ? ` and ${String(length - MAX_LISTED)} more` : "";

/** Throws the sentence for a database that is not whole. */
export function requireCompleteSchema(row: InstalledSchema): void {
  const fault = schemaFault(row);
  if (fault !== null) {
    throw new OperatorError(fault);
  }
}
