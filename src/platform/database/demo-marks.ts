import { OperatorError } from "../../kernel/errors.ts";
import type { Database, Queryable, Statement } from "./database.ts";

/** What the demo makes, and what can be left of it. */
type Kind = "office" | "user" | "application";

/** Something of the demo that is still of use to whoever knows the demo's passwords. */
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
    // The account is looked up office by office, which only find_account may.
    text: `select 'user' as kind, m.id, account ->> 'username' as name, account -> 'office' ->> 'code' as office
           from demo_marks m
           cross join lateral find_account(case when m.kind = 'user' then m.id::uuid end) account
           where account ->> 'status' = 'active' and account -> 'office' ->> 'status' = 'open'
           union all
           select 'application', a.id, a.name, null from demo_marks m join applications a on a.id = m.id
           order by kind desc, office, name, id`,
  },
} as const satisfies Record<string, Statement>;

/** Marks what the demo makes, in the transaction that makes it: nothing with a known password stays without a mark. */
export const markDemo =
  (kind: Kind) =>
  async (tx: Queryable, id: string): Promise<void> => {
    await tx.query(statements.add, [id, kind]);
  };

/** The application has no secret any more that the demo knows. */
export const unmarkDemo = async (database: Database, id: string): Promise<void> => {
  await database.query(statements.remove, [id]);
};

/** Ids of the offices that the demo has made. */
export async function findDemoOffices(database: Database): Promise<string[]> {
  return (await database.query<{ id: string }>(statements.offices)).map(({ id }) => id);
}

/** Active people of the demo in open offices, and its applications, as long as nobody has ended them. */
export const findDemoLeftovers = (database: Database): Promise<DemoLeftover[]> =>
  database.query<DemoLeftover>(statements.leftovers);

/** In one line, for the start and the doctor. */
export function describeLeftovers(leftovers: readonly DemoLeftover[]): string {
  const users = leftovers.flatMap(({ kind, name, office }) =>
    kind === "user" ? [`${name} of ${office ?? ""}`] : [],
  );
  const applications = leftovers.flatMap(({ kind, name, id }) =>
    kind === "application" ? [`${name} (${id})`] : [],
  );
  return [
    ...(users.length === 0 ? [] : [`people whose password everybody knows: ${users.join(", ")}`]),
    ...(applications.length === 0 ? [] : [`applications: ${applications.join(", ")}`]),
  ].join("; ");
}

/** Throws an OperatorError when somebody could sign in with what the demo prints at every start. */
export async function requireNoDemo(database: Database): Promise<void> {
  const leftovers = await findDemoLeftovers(database);
  if (leftovers.length > 0) {
    throw new OperatorError(
      `Production does not start beside what the demo has left in this database (${describeLeftovers(leftovers)}). ` +
        'Type "npx vestibule demo end".',
    );
  }
}
