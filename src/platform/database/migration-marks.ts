import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import { z } from "zod";
import { MIGRATIONS } from "../../../knexfile.ts";

/**
 * Compatibility of older servers with newer migrations, for rolling upgrades. A compatible migration exports as `worksWith` the newest
 * migration that an older server must know. It is stored in the database, where the older server reads it.
 */

const hookSchema = z.tuple([z.object({ file: z.string() })]);
const moduleSchema = z.object({ worksWith: z.string().optional() });

/** Names of this version's migrations, in their order. */
export async function knownMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".ts")).sort();
}

/** A knex hook: stores the mark of a migration in its transaction. */
export async function keepMark(tx: Knex, migrations: unknown[]): Promise<void> {
  const [{ file: name }] = hookSchema.parse(migrations);
  const { worksWith } = moduleSchema.parse(await import(pathToFileURL(join(MIGRATIONS, name)).href));
  if (worksWith !== undefined) {
    await tx.raw(
      `insert into migration_marks (name, works_with) values (?, ?)
       on conflict (name) do update set works_with = excluded.works_with`,
      [name, worksWith],
    );
  }
}

/** Returns the rows of a statement. */
type Ask = <Row extends object>(text: string) => Promise<Row[]>;

/** Migrations in the database that this version does not support: it has neither the migration itself nor the one that its mark names. */
export async function tooNew(ask: Ask, ran: readonly string[]): Promise<string[]> {
  const known = new Set(await knownMigrations());
  const unknown = ran.filter((name) => !known.has(name));
  const worksWith = unknown.length === 0 ? new Map<string, string>() : await readMarks(ask);
  return unknown.filter((name) => !known.has(worksWith.get(name) ?? ""));
}

async function readMarks(ask: Ask): Promise<Map<string, string>> {
  const [table] = await ask<{ found: boolean }>("select to_regclass('migration_marks') is not null as found");
  const rows =
    table?.found === true
      ? await ask<{ name: string; works_with: string }>("select name, works_with from migration_marks")
      : [];
  return new Map(rows.map((row) => [row.name, row.works_with]));
}
