import { OperatorError } from "../../kernel/errors.ts";
import type { Database, Queryable, Statement } from "./database.ts";

/** Kinds of things that the demo creates. */
type Kind = "office" | "user" | "application";

/** A user or application of the demo that an attacker with the demo's published passwords could still use. */
export interface DemoLeftover {
  readonly kind: "user" | "application";
  readonly id: string;
  /** Username, or the application's name. */
  readonly name: string;
  /** Code of the user's office; null for an application. */
  readonly office: string | null;
}

const statements = {
  add: {
    name: "demo_mark_add",
    text: "insert into demo_marks (id, kind) values ($1, $2) on conflict do nothing",
  },
  remove: { name: "demo_mark_remove", text: "delete from demo_marks where id = $1" },
  offices: { name: "demo_offices", text: "select id from demo_marks where kind = 'office' order by id" },
  leftovers: {
    name: "demo_leftovers",
    // find_account, because row-level security hides the users of other offices.
    text: `select 'user' as kind, m.id, account ->> 'username' as name, account -> 'office' ->> 'code' as office
           from demo_marks m
           cross join lateral (select case when m.kind = 'user' then m.id::uuid end as id) u
           cross join lateral find_account(home_of(u.id), u.id) account
           where account ->> 'status' = 'active' and account -> 'office' ->> 'status' = 'open'
           union all
           select 'application', a.id, a.name, null from demo_marks m join applications a on a.id = m.id
           order by kind desc, office, name, id`,
  },
} as const satisfies Record<string, Statement>;

/** Marks what the demo creates, in the same transaction, so that nothing with a published password is left unmarked. */
export const markDemo =
  (kind: Kind) =>
  async (tx: Queryable, id: string): Promise<void> => {
    await tx.query(statements.add, [id, kind]);
  };

/** Removes the mark of an application whose secret was replaced. */
export const unmarkDemo = async (database: Database, id: string): Promise<void> => {
  await database.query(statements.remove, [id]);
};

/** Ids of the demo's offices. */
export async function findDemoOffices(database: Database): Promise<string[]> {
  return (await database.query<{ id: string }>(statements.offices)).map(({ id }) => id);
}

/** The demo's active users in open offices, and its remaining applications. */
export const findDemoLeftovers = (database: Database): Promise<DemoLeftover[]> =>
  database.query<DemoLeftover>(statements.leftovers);

/** One line for the start and for `doctor`. */
export function describeLeftovers(leftovers: readonly DemoLeftover[]): string {
  const users = leftovers.flatMap(({ kind, name, office }) =>
    kind === "user" ? [`${name} of ${office ?? ""}`] : [],
  );
  const applications = leftovers.flatMap(({ kind, name, id }) =>
    kind === "application" ? [`${name} (${id})`] : [],
  );
  return [
    ...(users.length === 0 ? [] : [`users with published passwords: ${users.join(", ")}`]),
    ...(applications.length === 0 ? [] : [`applications: ${applications.join(", ")}`]),
  ].join("; ");
}

/** Throws an OperatorError while a user or application still has the demo's published credentials. */
export async function requireNoDemo(database: Database): Promise<void> {
  const leftovers = await findDemoLeftovers(database);
  if (leftovers.length > 0) {
    throw new OperatorError(
      `Production does not start beside what the demo has left in this database (${describeLeftovers(leftovers)}). ` +
        'Type "npx vestibule demo end".',
    );
  }
}
