import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "../kernel/errors.ts";
import { Secret } from "../kernel/secret.ts";
import { readSettings, type Settings } from "../server/settings/settings.ts";
import { diskOf } from "./doctor-capacity.ts";
import { checkDatabase } from "./doctor-database.ts";
import { checkGateways } from "./doctor-messages.ts";
import { checkInstallation, checkSecretsFile } from "./doctor-installation.ts";
import { checkNewPasswords } from "./doctor-passwords.ts";
import { checkPorts } from "./doctor-port.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** Checks everything that a server needs; each finding says what to do. Changes nothing. */
export async function diagnose(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const node = ok("Node", process.versions.node);
  const settings = settingsOf(environment);
  if (!("port" in settings)) {
    return [node, settings];
  }
  return [
    node,
    ...checkMode(settings),
    ...(await checkStorage(settings)),
    ...(await checkPorts(settings)),
    ...(await checkGateways(settings)),
    ...(await checkNewPasswords(settings)),
  ];
}

function checkMode({ production, issuer, allowsExposedDevelopment }: Settings): Finding[] {
  const mode = ok("Settings", `${production ? "production" : "development"}, issuer ${issuer}`);
  return production || !allowsExposedDevelopment
    ? [mode]
    : [
        mode,
        warn(
          "Exposure",
          "development may be reached by other machines: passwords of the demo and codes on the outbox page",
          "Set NODE_ENV=production, or remove VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT, unless only you can reach it.",
        ),
      ];
}

function settingsOf(environment: Readonly<Record<string, string | undefined>>): Settings | Finding {
  try {
    return readSettings(environment);
  } catch (error) {
    if (error instanceof OperatorError) {
      return fail("Settings", error.message, "Correct them; docs/settings.md explains each.");
    }
    throw error;
  }
}

/** The database, the secrets file, and whether they match. */
async function checkStorage(settings: Settings): Promise<readonly Finding[]> {
  if (settings.database.url !== null) {
    const application = settings.database.url;
    return checkBoth(settings, { application, owner: settings.database.ownerUrl ?? application });
  }
  if (!existsSync(join(settings.dataDir, "postgresql"))) {
    const advice = "The first start makes it; or set DATABASE_URL to a PostgreSQL 15 to 18 server.";
    return [warn("Database", `there is no embedded database in ${settings.dataDir} yet`, advice)];
  }
  return [await checkDisk(settings.dataDir), ...(await checkEmbedded(settings))];
}

async function checkDisk(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory);
  return diskOf(directory, bavail * bsize);
}

async function checkEmbedded(settings: Settings): Promise<readonly Finding[]> {
  const { openEmbeddedDatabase } = await import("../platform/embedded-postgres/embedded.ts");
  try {
    const embedded = await openEmbeddedDatabase({ dataDir: settings.dataDir, log: () => undefined });
    const urls = { application: new Secret(embedded.applicationUrl), owner: new Secret(embedded.ownerUrl) };
    return await checkBoth(settings, urls).finally(() => embedded.close());
  } catch (error) {
    if (error instanceof OperatorError) {
      return [fail("Database", error.message, "Vestibule cannot start before this is fixed.")];
    }
    throw error;
  }
}

async function checkBoth(
  settings: Settings,
  urls: { application: Secret; owner: Secret },
): Promise<readonly Finding[]> {
  const database = await checkDatabase(urls);
  const secrets = checkSecretsFile(settings, database.isInstalled);
  const isSound = [...database.findings, ...secrets].every(({ state }) => state !== "fail");
  // Only a complete installation can be opened without changing anything.
  return [
    ...database.findings,
    ...secrets,
    ...(isSound && database.isInstalled && database.isUpToDate ? await checkInstallation(settings) : []),
  ];
}
