import type { Statement } from "../../platform/database/database.ts";
import { joinUser, withUserIds } from "./event-names.ts";

/**
 * How a page of the audit list is found: by the most selective condition, along its index, newest first. The other
 * conditions filter on the way. A statement has only the conditions that were asked for: the planner assumes that an
 * optional condition leaves hardly any rows, and then sorts a whole log.
 */
export type ListPath = "time" | "types" | "outcome" | "actor" | "subject";

/** The conditions; null for any. `at` (microseconds since 1970) and `id` are of the event before the first one. */
export interface ListQuestion {
  readonly types: readonly string[] | null;
  readonly outcome: string | null;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly at: string;
  readonly id: string;
}

interface ListQuery {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** Each condition, given the placeholder of its value. */
const CONDITIONS = {
  types: (value) => `type = any(${value}::text[])`,
  outcome: (value) => `outcome = ${value}`,
  actor: (value) => `actor = ${value}`,
  subject: (value) => `subject = ${value}`,
  from: (value) => `at >= ${value}::timestamptz`,
  to: (value) => `at < ${value}::timestamptz`,
} as const satisfies Partial<Record<keyof ListQuestion, (value: string) => string>>;
type Asked = keyof typeof CONDITIONS;

/** The condition of a partial index, repeated so that the planner may use it. */
const WITHIN: Readonly<Partial<Record<ListPath, string>>> = {
  outcome: "outcome <> 'ok'",
  actor: "actor not in ('visitor', 'vestibule', 'command line')",
};

/** The query along a path, for one office or none: at most `limit` events. */
export function listQuery(
  path: ListPath,
  question: ListQuestion,
  { hasOffice, limit }: { readonly hasOffice: boolean; readonly limit: number },
): ListQuery {
  const { at, id } = question;
  const asked = (Object.keys(CONDITIONS) as Asked[]).filter((name) => question[name] !== null);
  const values = [at, id, ...asked.map((name) => question[name])];
  const valueOf = (name: Asked) => `$${String(asked.indexOf(name) + 3)}`;
  const conditions = [
    hasOffice ? "office_id = vestibule_office()" : "office_id is null",
    "(at, id) < (timestamptz 'epoch' + $1::float8 * interval '1 microsecond', $2::bigint)",
    ...(path === "types" ? ["type = wanted.type"] : []),
    ...asked
      .filter((name) => path !== "types" || name !== "types")
      .map((name) => CONDITIONS[name](valueOf(name))),
    ...[WITHIN[path] ?? []].flat(),
  ];
  const order = `order by at desc, id desc limit ${String(limit)}`;
  const found = `select * from audit_events where home = $home and ${conditions.join(" and ")} ${order}`;
  // One scan for each type: an index returns the newest of one type, not of several.
  const events =
    path === "types"
      ? `select f.* from unnest(${valueOf("types")}::text[]) wanted (type) cross join lateral (${found}) f ${order}`
      : found;
  const name = ["audit_list", path, hasOffice ? "office" : "none", String(limit), ...asked].join("_");
  return { statement: { name, text: withNames(events) }, values };
}

/** The users behind the ids, as far as this office may see them. */
const withNames = (events: string) => `
  select e.id::text, extract(epoch from e.at)::float8 as at, (extract(epoch from e.at) * 1000000)::bigint::text as moment,
    e.type, e.outcome, e.actor, au.username as "actorUsername", coalesce(au.name, aa.name) as "actorName", e.subject,
    su.username as "subjectUsername", coalesce(su.name, sa.name) as "subjectName",
    case when su.id is not null then 'user' when sa.id is not null then 'application' end as "subjectKind",
    e.application_id as "applicationId", a.name as "applicationName", host(e.address) as address,
    e.request_id as "requestId", e.details
  from ${withUserIds(events)} e
  ${joinUser("au", "e.actor_id")}
  ${joinUser("su", "e.subject_id")}
  left join applications aa on aa.id = e.actor
  left join applications sa on sa.id = e.subject
  left join applications a on a.id = e.application_id
  order by e.at desc, e.id desc`;
