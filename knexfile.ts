import { fileURLToPath } from "node:url";
import type { Knex } from "knex";
import { connectionConfig, PLAIN } from "./src/platform/database/connection.ts";
import { readDatabaseAddress } from "./src/platform/database/database-address.ts";
import { HostOrder } from "./src/platform/database/host-order.ts";
import { Secret } from "./src/kernel/secret.ts";

/** Where the migrations stand. */
export const MIGRATIONS = fileURLToPath(new URL("migrations", import.meta.url));

const quiet = () => undefined;

/** How knex reaches the database as its owner; used by `vestibule migrate` and by every start. */
export const knexConfig = (url: Secret, host = firstHost(url)): Knex.Config => ({
  client: "pg",
  connection: connectionConfig({ url, name: "vestibule migrate", session: PLAIN }, host),
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

const firstHost = (url: Secret) => new HostOrder(readDatabaseAddress(url).hosts).next();

/** For the knex command. */
const fromEnvironment = () =>
  knexConfig(new Secret(process.env["VESTIBULE_DATABASE_OWNER_URL"] ?? process.env["DATABASE_URL"] ?? ""));

export default fromEnvironment;
