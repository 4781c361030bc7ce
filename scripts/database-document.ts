import { asOwner, closeCluster, freshDatabase } from "../test/support/database.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";
import * as look from "./database-look.ts";

/** Tables, columns, indexes, policies and rights of a freshly migrated database, from PostgreSQL's catalogue. */
export async function databaseDocument(): Promise<string> {
  const database = await freshDatabase();
  try {
    const tables = await asOwner<look.TableRow>(database, look.TABLES);
    const parts = {
      columns: await asOwner<look.ColumnRow>(database, look.COLUMNS),
      constraints: await asOwner<look.PartRow>(database, look.CONSTRAINTS),
      indexes: await asOwner<look.PartRow>(database, look.INDEXES),
      policies: await asOwner<look.PolicyRow>(database, look.POLICIES),
    };
    const functions = await asOwner<look.FunctionRow>(database, look.FUNCTIONS);
    return write(
      tables.map((table) => describeTable(table, parts)),
      functions,
    );
  } finally {
    await database.drop();
    await closeCluster();
  }
}

function write(tables: readonly string[], functions: readonly look.FunctionRow[]): string {
  const rows = functions.map(({ name, takes, gives }) => [code(`${name}(${takes})`), code(gives)]);
  return `${madeFrom("a freshly migrated database")}

# Database

The owner migrates; the server works as \`vestibule_app\`, whose rights are listed with each table. "Forced" row-level security
binds the owner too. Each table with row-level security also has the policy \`backup\`, by which members of \`vestibule_backup\` read all
rows and write none. knex adds \`migrations\` and \`migrations_lock\`, which the server never touches.

${tables.join("\n\n")}

## Functions

${markdownTable(["function", "answers"], rows)}
`;
}

interface Parts {
  readonly columns: readonly look.ColumnRow[];
  readonly constraints: readonly look.PartRow[];
  readonly indexes: readonly look.PartRow[];
  readonly policies: readonly look.PolicyRow[];
}

function describeTable({ name, security, rights }: look.TableRow, parts: Parts): string {
  const of = <Row extends { table: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.table === name);
  const columns = of(parts.columns).map((column) => [
    code(column.name),
    column.type,
    column.required ? "" : "yes",
    column.otherwise === null ? "" : code(column.otherwise),
  ]);
  const policies = of(parts.policies).map(({ name: policy, command, using, check }) => [
    code(policy),
    command,
    using === null ? "" : code(using),
    check === null ? "" : code(check),
  ]);
  return [
    `## ${name}`,
    `Row-level security: ${security}. \`vestibule_app\` may ${rights === "" ? "do nothing" : rights}.`,
    markdownTable(["column", "type", "may be null", "default"], columns),
    ...list("Keys and rules", of(parts.constraints)),
    ...list("Indexes", of(parts.indexes)),
    ...(policies.length === 0 ? [] : [markdownTable(["policy", "for", "using", "with check"], policies)]),
  ].join("\n\n");
}

function list(title: string, rows: readonly look.PartRow[]): string[] {
  const items = rows.map(({ name, definition }) => `- ${code(name)}: ${code(definition)}`);
  return items.length === 0 ? [] : [`${title}:`, items.join("\n")];
}
