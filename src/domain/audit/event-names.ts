import { UUID } from "../../kernel/random.ts";

const idOf = (column: string) =>
  `case when f.${column} ~ '${UUID.source}' then f.${column}::uuid end as ${column}_id`;

/**
 * Events with `actor_id` and `subject_id`, null for what is no user's id. They are made apart (offset 0): row-level
 * security lets an index be used only for a comparison that can give nothing away, and reading text as an id is none.
 */
export const withUserIds = (events: string): string =>
  `(select f.*, ${idOf("actor")}, ${idOf("subject")} from (${events}) f offset 0)`;

/** The user with an id, as `alias`, looked up by itself (limit 1): joined, all people of an office would be read. */
export const joinUser = (alias: string, id: string): string =>
  `left join lateral (select id, username, name from users where id = ${id} limit 1) ${alias} on true`;
