import { UUID } from "../../kernel/random.ts";

const idOf = (column: string) =>
  `case when f.${column} ~ '${UUID.source}' then f.${column}::uuid end as ${column}_id`;

/**
 * Events with `actor_id` and `subject_id`, null when the value is no user's id. They are computed separately (offset 0):
 * row-level security allows an index only for leakproof comparisons, and casting text to an id is not one.
 */
export const withUserIds = (events: string): string =>
  `(select f.*, ${idOf("actor")}, ${idOf("subject")} from (${events}) f offset 0)`;

/** The user with an id, as `alias`, looked up separately (limit 1): a join would read all users of an office. */
export const joinUser = (alias: string, id: string): string =>
  `left join lateral (select id, username, name from users where home = $home and id = ${id} limit 1) ${alias} on true`;
