import { now } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Database, Statement } from "./database.ts";

const statements = {
  find: { name: "installation", text: "select secrets_mark from installation" },
  add: {
    name: "installation_add",
    text: "insert into installation (secrets_mark, created_at) values ($1, $2) on conflict do nothing",
  },
} as const satisfies Record<string, Statement>;

/** Whether this database was set up before, so that a secrets file for it exists somewhere. */
export async function isSetUp(database: Database): Promise<boolean> {
  return (await database.query(statements.find)).length > 0;
}

/** Binds the database to its secrets file. Throws when it is bound to another one, with which no stored identifier would be found. */
export async function bindToSecrets(database: Database, hash: KeyedHash): Promise<void> {
  const mark = hash("installation");
  await database.query(statements.add, [mark, now()]);
  const [row] = await database.query<{ secrets_mark: Buffer }>(statements.find);
  if (row?.secrets_mark.equals(mark) !== true) {
    throw new OperatorError(
      "The secrets file belongs to another database. Restore the file that was made for this one; nothing was changed.",
    );
  }
}
