import { INSTALLED_SCHEMA, type InstalledSchema } from "../src/platform/database/installed-schema.ts";
import { asOwner, freshDatabase } from "../test/support/database.ts";

/** The contents of a freshly migrated database, to detect one that was restored only in part. */
export async function schemaFile(): Promise<string> {
  const database = await freshDatabase();
  try {
    const [row] = await asOwner<InstalledSchema>(database, INSTALLED_SCHEMA);
    if (row === undefined) {
      throw new Error("The database answered nothing.");
    }
    const { things, rights } = row;
    return `${JSON.stringify({ things, rights }, null, 2)}\n`;
  } finally {
    await database.drop();
  }
}
