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

/** Whether this database was set up before, and so has secrets of its own somewhere. */
export async function isSetUp(database: Database): Promise<boolean> {
  return (await database.query(statements.find)).length > 0;
}

/** Ties the database to its secrets. Throws when it belongs to others: with them every stored identifier would be unknown. */
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
