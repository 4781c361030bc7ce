import { asOwner, type FreshDatabase } from "./database.ts";

/** Tables that say what happened, count it, or hold what a process does by itself: a refused request may write there. */
const LOGS = [
  "audit_events",
  "audit_unsealed",
  "audit_seals",
  "audit_chains",
  // Counted when events are sealed, which the process does by itself.
  "audit_days",
  "alarms_untold",
  "alarm_digest",
  "rate_limits",
  // An empty code counts as a wrong one.
  "second_factor_guard",
  // A page that asks for a passkey has one, and every answer to it uses it up.
  "passkey_challenges",
  "running_processes",
];

/**
 * Tables of which a part is no effect: when and where a session was used last, the secret of the library's forms, and sessions in which
 * no user is signed in.
 */
const OURS: Readonly<Record<string, string>> = {
  oidc_models: `(select kind, id, payload::jsonb - 'exp' - 'device' - 'state' as payload from oidc_models
                 where kind <> 1 or payload ->> 'accountId' is not null)`,
};

/** The rows of every other table, by the table's name: what a request without effect leaves as it is. */
export async function stateOf(database: FreshDatabase): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = await asOwner<{ name: string }>(
    database,
    `select quote_ident(tablename) as name from pg_tables
     where schemaname = 'public' and tablename <> all($1) order by tablename`,
    [LOGS],
  );
  const rows = tables.map(
    ({ name }) => `select '${name}' as name, t::text as row from ${OURS[name] ?? name} t`,
  );
  const found = await asOwner<{ name: string; row: string }>(database, rows.join(" union all "));
  const state = new Map<string, string[]>();
  for (const { name, row } of found.sort((one, other) => (one.row < other.row ? -1 : 1))) {
    state.set(name, [...(state.get(name) ?? []), row]);
  }
  return state;
}

type State = Awaited<ReturnType<typeof stateOf>>;

/** What was added and what is gone, one line a row. */
export function changes(before: State, after: State): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((table) => {
    const [old, current] = [before.get(table) ?? [], after.get(table) ?? []];
    const [gone, added] = [new Set(old), new Set(current)];
    return [
      ...old.filter((row) => !added.has(row)).map((row) => `- ${table}: ${row.slice(0, 200)}`),
      ...current.filter((row) => !gone.has(row)).map((row) => `+ ${table}: ${row.slice(0, 200)}`),
    ];
  });
}

/** The forms that could not be sent and wait for their user: no effect, and asserted by themselves. */
const KEPT = /^[+-] console_drafts: /;

/** The changes but for forms that were kept. */
export const effectsOf = (lines: readonly string[]): string[] => lines.filter((line) => !KEPT.test(line));
