import type { Client } from "pg";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import { SQLSTATE } from "./sqlstate.ts";
import { roleGaps, type RoleGaps } from "./roles.ts";
import { readInstalledSchema, type InstalledSchema } from "./installed-schema.ts";
import { joinSome } from "./schema-check.ts";

/** Another process was faster: it has created the role, or is granting the same privilege. */
const OVERTAKEN = new Set<string>([
  SQLSTATE.DUPLICATE_OBJECT,
  SQLSTATE.UNIQUE_VIOLATION,
  SQLSTATE.INTERNAL_ERROR,
]);

/** A new role may lack more than the check before could show. */
const ROUNDS = 3;

/** Creates missing roles. Throws when vestibule_app cannot be created, because migrations grant it privileges. */
export async function createRoles(client: Client, serverLogin: string | null): Promise<void> {
  const look = async () => roleGaps(client, serverLogin, await readInstalledSchema(client));
  const { server, backup } = await look();
  for (const statement of [...server, ...backup].filter(isOfRole)) {
    await run(client, statement);
  }
  const gaps = await look();
  if (gaps.server.some(isOfRole)) {
    throw new OperatorError(describeGaps(gaps));
  }
}

const isOfRole = (statement: string): boolean => statement.startsWith("create role ");

/**
 * Grants both roles their missing privileges. Throws when the server's role stays incomplete; `doctor` reports what only dumps need.
 * `serverLogin`: the server's login role, if known; `schema`: as just read.
 */
export async function repairRoles(
  client: Client,
  serverLogin: string | null,
  schema: InstalledSchema,
): Promise<void> {
  let gaps = await roleGaps(client, serverLogin, schema);
  for (let round = 0; round < ROUNDS && gaps.server.length + gaps.backup.length > 0; round += 1) {
    for (const statement of [...gaps.server, ...gaps.backup]) {
      await run(client, statement);
    }
    gaps = await roleGaps(client, serverLogin, await readInstalledSchema(client));
  }
  if (gaps.server.length > 0) {
    throw new OperatorError(describeGaps(gaps));
  }
}

/** A sentence about the missing privileges of the server's role, with the statements that grant them. */
function describeGaps({ login, server }: RoleGaps): string {
  const ofAdministrator = server.filter((each) => /^create role |^grant "?\S+ to /.test(each));
  return ofAdministrator.length > 0
    ? `The role of the server is not complete, and ${login} may not complete it. Type as the database's administrator: ${joinSome(ofAdministrator)}`
    : `The role vestibule_app lacks ${String(server.length)} right(s), as after a restore, and ${login} may not give them. Type "npx vestibule migrate" with VESTIBULE_DATABASE_OWNER_URL set to the owner of the tables, or as that role: ${joinSome(server)}`;
}

async function run(client: Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (code !== SQLSTATE.INSUFFICIENT_PRIVILEGE && !OVERTAKEN.has(code)) {
      throw error;
    }
  }
}
