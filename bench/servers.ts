import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecrets } from "../src/platform/secrets/secrets-file.ts";
import { PASSWORD_CONCURRENCY } from "./fixtures.ts";
import { ServerProcess } from "./server-process.ts";

/** A data directory of its own, with the settings of a company. */
export interface Installation extends AsyncDisposable {
  readonly dataDir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts Vestibule, and with it the embedded PostgreSQL. */
  start(name: string): Promise<ServerProcess>;
}

/** Settings of a Vestibule with so many processes: the connections that docs/operations.md advises. */
export const withProcesses = (processes: number): Readonly<Record<string, string>> => ({
  VESTIBULE_PROCESSES: String(processes),
  VESTIBULE_DATABASE_POOL: String(Math.max(10, 5 * processes)),
});

/** A new, empty installation in the system's temporary directory; it is removed with its data when it is disposed of. */
export async function newInstallation(further: Readonly<Record<string, string>> = {}): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), "vestibule-bench-"));
  const secretsFile = join(dataDir, "secrets.json");
  createSecrets(secretsFile);
  const environment = {
    NODE_ENV: "production",
    VESTIBULE_ISSUER: "https://vestibule.example",
    VESTIBULE_DATA_DIR: dataDir,
    VESTIBULE_ALLOW_EMBEDDED_DATABASE: "yes",
    VESTIBULE_SECRETS_FILE: secretsFile,
    VESTIBULE_PASSWORD_CONCURRENCY: String(PASSWORD_CONCURRENCY),
    VESTIBULE_LOG_LEVEL: "warn",
    VESTIBULE_PROCESSES: "1",
    ...further,
  };
  return {
    dataDir,
    environment,
    start: async (name) =>
      ServerProcess.start({ name, file: "vestibule-process.ts", port: await freePort(), environment }),
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** oidc-provider alone, with the algorithm that Vestibule signs ID tokens with. */
export async function startRival(algorithm: string): Promise<ServerProcess> {
  return ServerProcess.start({
    name: "in memory",
    file: "rival-process.ts",
    port: await freePort(),
    environment: { NODE_ENV: "production" },
    arguments: [algorithm],
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
