import { readFunction } from "./sql-function-files.ts";

/** SQL for migrations. A released migration never changes, so these functions must not change their output either, except for the text of SQL functions. */

/**
 * Each row is at the home of its office: what is stored at another one would never be found. The planner has to know that the office
 * says the home, or it takes the two for independent, expects one row of an office, and reads all of them by any index.
 */
export const atHome = (table: string, column = "office_id"): string => `
    alter table ${table} add constraint ${table}_home check (home = home_of(${column}));
    create statistics ${table}_of_home (dependencies) on home, ${column} from ${table};`;

/** Row-level security by `office_id`: a transaction can read and write its own office's rows only. */
export const rowsOfOffice = (table: string): string => `
    ${atHome(table)}
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy ${table}_of_office on ${table}
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());`;

/**
 * Creates functions that a policy or constraint of the migration needs; all others are created after the migrations. They must take no
 * arguments, and their bodies may use tables that do not exist yet.
 */
export const createFunctions = (...names: readonly string[]): string =>
  names.map((name) => readFunction(name).text).join("\n");

/** Drops functions. `migrate` creates them again if their file still exists. */
export const dropFunctions = (...names: readonly string[]): string =>
  names.map((name) => `drop function ${name}; delete from sql_functions where name = '${name}';`).join("\n");
