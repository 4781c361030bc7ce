import { createLog } from "../kernel/log.ts";
import { readForbiddenPasswords } from "../domain/credentials/forbidden-passwords.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Settings } from "../server/settings/settings.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const CHECK = "New passwords";

/** Whether the service of known breaches answers, and the operator's own list can be read. Nothing where neither is set. */
export async function checkNewPasswords(settings: Settings): Promise<Finding[]> {
  return [...(await checkBreaches(settings)), ...checkForbidden(settings)];
}

/** A warning only: without an answer, passwords are accepted. */
async function checkBreaches(settings: Settings): Promise<Finding[]> {
  const { composeBreachedPasswords } = await import("../server/wiring/dependencies.ts");
  const breached = composeBreachedPasswords(settings, createLog("silent"));
  if (breached === null) {
    return [];
  }
  const fault = await breached.check();
  const { hostname } = new URL(settings.newPasswords.breachedUrl ?? settings.issuer);
  return [
    fault === null
      ? ok(CHECK, `are compared with known breaches at ${hostname}, which answers`)
      : warn(
          CHECK,
          `are not compared with known breaches, because of ${hostname}: ${fault}`,
          "Until it answers, every password that keeps our own rules is accepted. Correct VESTIBULE_BREACHED_PASSWORDS, or let this machine reach it.",
        ),
  ];
}

function checkForbidden({ newPasswords: { forbiddenFile } }: Settings): Finding[] {
  if (forbiddenFile === null) {
    return [];
  }
  try {
    readForbiddenPasswords(forbiddenFile);
    return [ok(CHECK, `are compared with the list in ${forbiddenFile}`)];
  } catch (error) {
    if (error instanceof OperatorError) {
      return [fail(CHECK, error.message, "Vestibule cannot start before this is fixed.")];
    }
    throw error;
  }
}
