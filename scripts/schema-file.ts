import { SCHEMA_LOOK, type SchemaRow } from "../src/platform/database/schema-look.ts";
import { asOwner, freshDatabase } from "../test/support/database.ts";

/** What a freshly migrated database has, for telling one that was restored in part from one that is whole. */
export async function schemaFile(): Promise<string> {
  const database = await freshDatabase();
  try {
    const [row] = await asOwner<SchemaRow>(database, SCHEMA_LOOK);
    if (row === undefined) {
      throw new Error("The database answered nothing.");
    }
    const { things, rights } = row;
    return `${JSON.stringify({ things, rights }, null, 2)}\n`;
  } finally {
    await database.drop();
  }
}
