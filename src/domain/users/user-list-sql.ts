import type { Statement } from "../../platform/database/database.ts";
import { hasWords } from "../../platform/database/search-words.ts";
import { ENROLMENT_DAYS } from "../factors/enrolment.ts";
import type { UserSort } from "./user-list.ts";

/** Whether the time of a user `u` of the office `o` to set up a method is over, for one who has none; as `enrolmentAt`. */
export const isSetUpOver = (now: string): string => `(coalesce(
    (select w.ends_at from enrolment_windows w where w.home = u.home and w.user_id = u.id),
    greatest(u.created_at, o.second_factor_since, o.second_factor_from) + interval '${String(ENROLMENT_DAYS * 24)} hours'
  ) <= ${now})`;

/** Whether the office `o` requires a second factor by now. */
export const isRequired = (now: string): string =>
  `(o.second_factor = 'required' and (o.second_factor_from is null or o.second_factor_from <= ${now}))`;

/**
 * Whether a user `u` of the office `o` can sign in with help alone. A user with a method that the office does not accept
 * is none of these: that method is proved at the next sign-in, and then an accepted one is set up.
 */
export const isOverdue = (now: string): string => `(u.status = 'active' and ${isRequired(now)}
    and not exists (select from factors f where f.home = u.home and f.office_id = u.office_id and f.user_id = u.id)
    and ${isSetUpOver(now)})`;

/** Conditions for a user `u` with the office `o`; the caller passes the placeholders of `$now` and `$frozen`. */
const userConditions = (now: string, frozen: string, few: string) => ({
  hasFactor: (kind: string) =>
    `exists (select from factors f where f.home = u.home and f.office_id = u.office_id and f.user_id = u.id and f.kind = ${kind})`,
  hasNone: `not exists (select from factors f where f.home = u.home and f.office_id = u.office_id and f.user_id = u.id)`,
  overdue: isOverdue(now),
  blocked: `exists (select from second_factor_guard g where g.home = u.home and g.office_id = u.office_id and g.user_id = u.id
    and (g.blocked_until > ${now} or g.failed_since_success >= ${frozen}))`,
  fewCodes: `(exists (select from recovery_code_sets s where s.home = u.home and s.office_id = u.office_id and s.user_id = u.id) and (select count(*) from recovery_codes c
    where c.home = u.home and c.office_id = u.office_id and c.user_id = u.id and c.used_at is null) <= ${few})`,
  pendingNumber: `exists (select from mobile_numbers n where n.home = u.home and n.office_id = u.office_id and n.user_id = u.id and n.pending_number is not null)`,
});

/** Sorted by `key`, which `type` casts back from a cursor. Each has an index that begins with the office. */
const KEYS: Readonly<Record<UserSort, { readonly key: string; readonly id: string; readonly type: string }>> =
  {
    username: { key: "u.username_key", id: "u.id", type: "text" },
    name: { key: "u.name_key", id: "u.id", type: "text" },
    "last-sign-in": { key: "l.at", id: "l.user_id", type: "timestamptz" },
  };

/**
 * The statement of a sort. By key and never by offset: the last page costs as much as the first one, and rows that
 * are added or removed between two pages neither repeat nor hide another. $1 office, $2 now, $3 frozen from, $4 few codes,
 * $5 key and $6 id of the cursor, $7 role, $8 status, $9 factor, $10 to $13 flags, $14 search, $15 limit.
 */
export function listStatement(sort: UserSort, descending: boolean): Statement {
  const { key, id, type } = KEYS[sort];
  const [beyond, order] = descending ? ["<", "desc"] : [">", "asc"];
  const is = userConditions("$2::timestamptz", "$3::integer", "$4::integer");
  return {
    name: `user_list_${sort}_${order}`,
    text: `
      with page as (
        select u.id, ${key} as key, l.at, u.office_id from users u join last_sign_ins l on l.home = u.home and l.user_id = u.id
          join offices o on o.id = u.office_id
        where u.home = $home and u.office_id = $1 and l.home = $home and l.office_id = $1
          and ($5::text is null or (${key}, ${id}) ${beyond} ($5::${type}, $6::uuid))
          and ($7::text is null or u.role = $7)
          and ($8::text is null or u.status = $8)
          and ($9::text is null or case $9 when 'none' then ${is.hasNone} else ${is.hasFactor("$9")} end)
          and (not $10::boolean or ${is.overdue})
          and (not $11::boolean or ${is.blocked})
          and (not $12::boolean or ${is.fewCodes})
          and (not $13::boolean or ${is.pendingNumber})
          and ($14::text is null or ${hasWords("u.search_words", "$14")})
        order by ${key} ${order}, ${id} ${order} limit $15)
      select u.id, u.username, u.name, u.mail, u.role, u.status, p.key::text as key,
        array(select f.kind from factors f where f.home = u.home and f.user_id = u.id order by f.kind) as factors,
        nullif(p.at, '-infinity') as "lastSignInAt", g.blocked_until as "blockedUntil",
        coalesce(g.failed_since_success >= $3, false) as "isFrozen",
        case when s.user_id is not null then (select count(*) from recovery_codes c
          where c.home = u.home and c.user_id = u.id and c.used_at is null)::integer end as "codesLeft",
        ${is.pendingNumber} as "hasPendingNumber", ${is.overdue} as "isOverdue"
      from page p join users u on u.home = $home and u.id = p.id join offices o on o.id = u.office_id
        left join second_factor_guard g on g.home = u.home and g.office_id = u.office_id and g.user_id = u.id
        left join recovery_code_sets s on s.home = u.home and s.user_id = u.id
      order by p.key ${order}, p.id ${order}`,
  };
}
