import { readFunction } from "./sql-function-files.ts";

/** What migrations are written with. They never change once they were released, so neither does what these answer, but for the text of functions. */

/** Keeps the rows of a table apart by its `office_id`: each transaction sees and writes those of its office alone. */
export const rowsOfOffice = (table: string): string => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy ${table}_of_office on ${table}
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());`;

/**
 * Makes functions that a policy or a trigger of the migration names, from their files; all others are made when the
 * migrations have run. They take no arguments, and what their bodies name need not be there yet.
 */
export const createFunctions = (...names: readonly string[]): string =>
  names.map((name) => readFunction(name).text).join("\n");

/** Drops functions, so that `migrate` makes them again if they still have a file. */
export const dropFunctions = (...names: readonly string[]): string =>
  names.map((name) => `drop function ${name}; delete from sql_functions where name = '${name}';`).join("\n");
