import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import type { Client } from "pg";
import { z } from "zod";
import { MIGRATIONS } from "../../knexfile.ts";

/**
 * Which servers may work with a database that was migrated past them. A migration that older servers work with names, as
 * `worksWith`, the newest migration that such a server has to know; it is kept in the database, where the older server reads it.
 */

const hookSchema = z.tuple([z.object({ file: z.string() })]);
const moduleSchema = z.object({ worksWith: z.string().optional() });

/** Names of the migrations that this Vestibule brings, in their order. */
export async function knownMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".ts")).sort();
}

/** For knex: keeps the mark of a migration that has just run, in the same transaction. */
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

/** Of the migrations that ran, those with which this Vestibule does not work: it neither brings them nor is old enough for their mark. */
export async function tooNew(client: Client, ran: readonly string[]): Promise<string[]> {
  const known = new Set(await knownMigrations());
  const unknown = ran.filter((name) => !known.has(name));
  if (unknown.length === 0) {
    return [];
  }
  const { rows: tables } = await client.query<{ found: boolean }>(
    "select to_regclass('migration_marks') is not null as found",
  );
  if (tables[0]?.found !== true) {
    return unknown;
  }
  const { rows } = await client.query<{ name: string; works_with: string }>(
    "select name, works_with from migration_marks where name = any($1)",
    [unknown],
  );
  const marks = new Map(rows.map((row) => [row.name, row.works_with]));
  return unknown.filter((name) => !known.has(marks.get(name) ?? ""));
}
