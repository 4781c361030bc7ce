import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/kernel/secret.ts";
import { migrate } from "../../src/platform/database/migrate.ts";
import { createSecrets } from "../../src/platform/secrets/secrets-file.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { composeServices, type Services } from "../../src/server/wiring/services.ts";
import { freePort } from "./free-port.ts";
import type { OwnCluster } from "./own-cluster.ts";

/** What servers are started with whose databases a test fills up, kills or promotes. */
export interface ClusterInstallation {
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Does something as a server of it would. */
  withServices(work: (services: Services) => Promise<void>): Promise<void>;
  /** Takes its files away. The clusters stay. */
  remove(): void;
}

const PASSWORD = "password-of-the-server";
export const serverUrl = ({ url }: OwnCluster): string => url("vestibule_server", PASSWORD);

/** Makes the tables in a cluster that is empty, for a server whose own role owns nothing. */
export async function migrateCluster(cluster: OwnCluster): Promise<void> {
  await cluster.ask(`create role vestibule_server login password '${PASSWORD}'`);
  await migrate({ owner: new Secret(cluster.url()), application: new Secret(serverUrl(cluster)) });
}

/** For these addresses of a database that is migrated: that of the server, and that of the owner of its tables. */
export async function makeInstallation(database: {
  readonly server: string;
  readonly owner: string;
}): Promise<ClusterInstallation> {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-installation-"));
  const port = String(await freePort());
  const environment = {
    NODE_ENV: "test",
    PORT: port,
    DATABASE_URL: database.server,
    VESTIBULE_DATABASE_OWNER_URL: database.owner,
    VESTIBULE_DATA_DIR: directory,
    VESTIBULE_LOG_LEVEL: "silent",
    VESTIBULE_DEMO: "no",
  };
  createSecrets(readSettings(environment).secretsFile);
  return {
    issuer: `http://localhost:${port}`,
    environment,
    withServices: async (work) => {
      const services = await composeServices(readSettings(environment));
      await work(services).finally(() => services.close());
    },
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
