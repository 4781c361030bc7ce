import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeServices } from "../../src/server/wiring/services.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { createSecrets } from "../../src/platform/secrets/secrets-file.ts";
import { readSettings, type Settings } from "../../src/server/settings/settings.ts";
import { COMPILED } from "./compile-cache.ts";
import { keepPlace } from "./outbox.ts";
import { freePort } from "./free-port.ts";
import { freshDatabase, type FreshDatabase } from "./database.ts";
import { putSigningKeys } from "./ready-keys.ts";
import { startServers } from "./four-servers.ts";
import { forTests } from "./test-settings.ts";

/** A Vestibule of one suite's own, in this process, on a database of its own. */
export interface TestVestibule {
  readonly issuer: string;
  readonly settings: Settings;
  readonly services: Services;
  readonly database: FreshDatabase;
  /** The environment that another process needs to serve the same installation. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts one. `environment` overrides settings; an https issuer is served over http, as behind a proxy. */
export async function startVestibule(environment: Record<string, string> = {}): Promise<TestVestibule> {
  const database = await freshDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "vestibule-data-"));
  const complete = await completeEnvironment(database, dataDir, environment);
  const settings = forTests(readSettings(complete), complete);
  createSecrets(settings.secretsFile);
  const giveKeysBack = await putSigningKeys(database, settings.secretsFile);
  const running = await startServers(settings);
  const leavePlace = keepPlace({ database, services: running.services });
  return {
    issuer: settings.issuer,
    settings,
    services: running.services,
    database,
    environment: complete,
    stop: async () => {
      await running.stop();
      leavePlace();
      giveKeysBack();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The domain without a web server. */
export async function startServices(environment: Record<string, string> = {}): Promise<TestVestibule> {
  const database = await freshDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "vestibule-data-"));
  const complete = await completeEnvironment(database, dataDir, environment);
  const settings = forTests(readSettings(complete), complete);
  createSecrets(settings.secretsFile);
  const services = await composeServices(settings);
  const leavePlace = keepPlace({ database, services });
  return {
    issuer: settings.issuer,
    settings,
    services,
    database,
    environment: complete,
    stop: async () => {
      await services.close();
      leavePlace();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function completeEnvironment(
  database: FreshDatabase,
  dataDir: string,
  environment: Record<string, string>,
): Promise<Record<string, string>> {
  return {
    NODE_ENV: "test",
    NODE_COMPILE_CACHE: COMPILED,
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
    VESTIBULE_DATA_DIR: dataDir,
    VESTIBULE_SECRETS_FILE: join(dataDir, "secrets.json"),
    VESTIBULE_LOG_LEVEL: "silent",
    VESTIBULE_DEMO: "no",
    ...environment,
  };
}
