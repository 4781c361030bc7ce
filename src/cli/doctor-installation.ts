import type { Services } from "../server/wiring/services.ts";
import { findDemoLeftovers, describeLeftovers } from "../platform/database/demo-marks.ts";
import { OperatorError } from "../kernel/errors.ts";
import { exposureOfSecrets, hasSecrets, readSecrets } from "../platform/secrets/secrets-file.ts";
import type { Settings } from "../server/settings/settings.ts";
import { checkPasskeyMetadata } from "./doctor-passkeys.ts";
import { checkQueues } from "./doctor-queues.ts";
import { checkServers } from "./doctor-servers.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** The file exists, is complete, and is readable only by its owner. */
export function checkSecretsFile({ secretsFile, production }: Settings, isInstalled: boolean): Finding[] {
  if (!hasSecrets(secretsFile)) {
    return [missing(secretsFile, production || isInstalled, isInstalled)];
  }
  const refused = refusalOf(() => readSecrets(secretsFile));
  if (refused !== null) {
    return [fail("Secrets", refused, "Nothing can be opened without it.")];
  }
  const exposure = exposureOfSecrets(secretsFile);
  return exposure === null
    ? [ok("Secrets", secretsFile)]
    : [fail("Secrets", `${secretsFile} ${exposure.problem}`, exposure.advice(secretsFile))];
}

function missing(file: string, isNeeded: boolean, isInstalled: boolean): Finding {
  if (!isNeeded) {
    return warn("Secrets", `${file} is not made yet`, "The first start makes it.");
  }
  const advice = isInstalled
    ? "Restore it from your backup: this database's keys and identifiers cannot be read without it."
    : `npx vestibule keys init ${file}`;
  return fail("Secrets", `${file} is missing`, advice);
}

/** Whether secrets, database and signing keys match. Only for a complete installation. */
export async function checkInstallation(settings: Settings): Promise<Finding[]> {
  const { composeServices } = await import("../server/wiring/services.ts");
  try {
    const services = await composeServices({ ...settings, logLevel: "silent" });
    try {
      return [
        ok("Installation", "secrets and database match"),
        await checkKeys(services),
        ...(await checkDemo(services)),
        ...(await checkServers(services)),
        ...(await checkQueues(services.messages.queues)),
        ...(await checkPasskeyMetadata(services)),
      ];
    } finally {
      await services.close();
    }
  } catch (error) {
    if (error instanceof OperatorError) {
      return [fail("Installation", error.message, "Vestibule cannot start before this is fixed.")];
    }
    throw error;
  }
}

/** In development the demo is allowed: its passwords are printed at every start. */
async function checkDemo({ database, settings }: Services): Promise<Finding[]> {
  const leftovers = settings.production ? await findDemoLeftovers(database) : [];
  return leftovers.length === 0
    ? []
    : [
        fail(
          "Demo",
          `the demo has left ${describeLeftovers(leftovers)}`,
          'Production does not start beside them: type "npx vestibule demo end".',
        ),
      ];
}

async function checkKeys({ signingKeys }: Services): Promise<Finding> {
  // Checked first, because loading creates the first set.
  if ((await signingKeys.list()).length === 0) {
    return warn("Signing keys", "none yet", "The first start makes them.");
  }
  const keys = await signingKeys.load();
  return ok(
    "Signing keys",
    `${String(keys.length)} can be opened (${keys.map(({ jwk }) => jwk.alg).join(", ")})`,
  );
}

function refusalOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof OperatorError) {
      return error.message;
    }
    throw error;
  }
}
