import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { composeServices } from "../../src/server/wiring/services.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { eventually } from "../support/eventually.ts";
import { makeApplication, makeOffice, makeUser } from "../support/people.ts";
import { freePort } from "../support/free-port.ts";
import { startProgram, type Environment } from "./installation.ts";

/** What an operator waits for at most before a process is ended by force, in milliseconds. */
export const LIMIT_MS = 10_000;

export interface Started {
  said(): string;
  /** Asks it to stop; answers exit code and milliseconds. */
  stop(): Promise<{ code: number | null; milliseconds: number }>;
  /** Waits until it has said that. */
  says(words: string): Promise<unknown>;
}

export function startServer(environment: Environment): Started {
  const child = startProgram(environment, ["start"]);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  const closed = once(child, "close");
  const said = () => chunks.join("");
  return {
    said,
    stop: async () => {
      const asked = performance.now();
      child.kill("SIGTERM");
      await closed;
      return { code: child.exitCode, milliseconds: performance.now() - asked };
    },
    says: (words) =>
      eventually(
        () => Promise.resolve(said()),
        (text) => text.includes(words),
        { seconds: 30 },
      ),
  };
}

/** A directory of its own, and what a server in it needs. */
export async function makePlace(dataDir: string): Promise<Environment> {
  return {
    PORT: String(await freePort()),
    VESTIBULE_DATA_DIR: dataDir,
    VESTIBULE_DEMO: "no",
    VESTIBULE_LOG_LEVEL: "warn",
  };
}

export const serverPid = (dataDir: string) =>
  Number(readFileSync(join(dataDir, "postgresql/postmaster.pid"), "utf8").split("\n")[0]);

/** A user who can sign in there; no server runs meanwhile. */
export async function makePeople(environment: Environment) {
  const settings = readSettings({ ...environment, VESTIBULE_LOG_LEVEL: "silent" });
  const services = await composeServices(settings);
  try {
    const user = await makeUser(services, await makeOffice(services, { code: "NOORD" }));
    return { issuer: settings.issuer, application: await makeApplication(services), user };
  } finally {
    await services.close();
  }
}
