import { fileURLToPath } from "node:url";
import type { Knex } from "knex";
import { connectionConfig, PLAIN } from "./src/database/connection.ts";
import { Secret } from "./src/kernel/secret.ts";

/** Where the migrations stand. */
export const MIGRATIONS = fileURLToPath(new URL("migrations", import.meta.url));

const quiet = () => undefined;

/** How knex reaches the database as its owner; used by `vestibule migrate` and by every start. */
export const knexConfig = (url: Secret): Knex.Config => ({
  client: "pg",
  connection: connectionConfig({ url, name: "vestibule migrate", session: PLAIN }),
  pool: { min: 0, max: 1 },
  // It would print whole migrations; what fails is thrown, and told in one line.
  log: { warn: quiet, error: quiet, debug: quiet, deprecate: quiet },
  migrations: {
    directory: MIGRATIONS,
    loadExtensions: [".ts"],
    extension: "ts",
    tableName: "migrations",
  },
});

export default knexConfig(
  new Secret(process.env["VESTIBULE_DATABASE_OWNER_URL"] ?? process.env["DATABASE_URL"] ?? ""),
);
