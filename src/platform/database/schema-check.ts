import { OperatorError } from "../../kernel/errors.ts";
import type { InstalledSchema } from "./installed-schema.ts";
import expected from "./schema.json" with { type: "json" };

/** Most missing objects that a sentence lists. */
const MAX_LISTED = 5;

/** Objects that a complete database has and this one lacks, without the parts of missing tables. */
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

/** All our tables. A database that has one of them contains a Vestibule. */
export const OUR_TABLES: readonly string[] = expected.things
  .filter((thing) => /^table [^.]+$/.test(thing))
  .map((thing) => thing.slice(6));

/** Privileges on existing objects that vestibule_app lacks, such as "select on table users". Those of PUBLIC apply to it too. */
export function missingRights({ things, rights, public_rights }: InstalledSchema): readonly string[] {
  const there = new Set(things);
  const given = new Set([...rights, ...public_rights]);
  return expected.rights.filter((right) => !given.has(right) && hasObject(right, there));
}

function hasObject(right: string, things: ReadonlySet<string>): boolean {
  const object = right.slice(right.indexOf(" on ") + 4);
  return object.startsWith("schema ") || things.has(object);
}

/** Privileges that PUBLIC must not have: running functions with the owner's rights, such as sealing the audit log, and creating tables. */
export function surplusRights({ public_rights }: InstalledSchema): readonly string[] {
  return public_rights.filter((right) => /^(execute on function|create on schema) /.test(right));
}

/** A sentence about missing objects, with what to do; null when the schema is complete. */
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

/** The first few of a list of statements, and how many more there are. */
export function joinSome(statements: readonly string[]): string {
  return `${statements.slice(0, MAX_LISTED).join(" ")}${andMore(statements)}`;
}

const andMore = ({ length }: readonly string[]): string =>
  length > MAX_LISTED ? ` and ${String(length - MAX_LISTED)} more` : "";

/** Throws an OperatorError when objects are missing. */
export function requireCompleteSchema(row: InstalledSchema): void {
  const fault = schemaFault(row);
  if (fault !== null) {
    throw new OperatorError(fault);
  }
}
