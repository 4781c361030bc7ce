import { OperatorError } from "../../kernel/errors.ts";
import { databaseFaultAtStart } from "../../platform/database/database-fault.ts";
import { inOneTransaction } from "../../platform/database/one-transaction.ts";
import type { Domain, Services } from "../../server/wiring/services.ts";
import type { Group, MadeSecret } from "./plan.ts";

/**
 * Does the groups in their order, each as a whole or not at all. Throws an OperatorError that names what failed and what was done
 * before it, with the secrets that were made there: they are shown once.
 */
export async function runPlan(services: Services, groups: readonly Group[]): Promise<readonly MadeSecret[]> {
  const made: MadeSecret[] = [];
  const done: string[] = [];
  for (const group of groups) {
    try {
      made.push(...(await runGroup(services, group)));
    } catch (error) {
      throw failed(error, { group, done, made });
    }
    done.push(group.title);
  }
  return made;
}

async function runGroup(
  services: Services,
  { scope, office: found, steps }: Group,
): Promise<readonly MadeSecret[]> {
  // Loaded here, so that help and usage errors load neither pg nor oidc-provider.
  const { composeDomain } = await import("../../server/wiring/services.ts");
  return inOneTransaction(services.database, scope, async (database) => {
    const domain: Domain = composeDomain({ ...services, database });
    const made: MadeSecret[] = [];
    let office = found;
    for (const { run } of steps) {
      office = (await run({ domain, database, office, made: (secret) => made.push(secret) })) ?? office;
    }
    return made;
  });
}

interface Failure {
  readonly group: Group;
  readonly done: readonly string[];
  readonly made: readonly MadeSecret[];
}

/** A fault of the database or of the program is named as well: what was done before it, and the secrets, must not be lost. */
function failed(cause: unknown, { group, done, made }: Failure): OperatorError {
  const [what, state] =
    cause instanceof OperatorError
      ? [cause.message, "Nothing of it was done."]
      : [textOf(cause), "Look with --plan whether it was done."];
  const before = done.length === 0 ? "Nothing was done before." : `Done before: ${done.join(", ")}.`;
  const secrets = made.length === 0 ? "" : `\n\n${describeSecrets(made)}`;
  return new OperatorError(`${group.title}: ${what}\n${state} ${before}${secrets}`, { cause });
}

function textOf(error: unknown): string {
  const fault = error instanceof Error ? databaseFaultAtStart(error) : null;
  return fault === null
    ? `Unexpected: ${error instanceof Error ? error.message : String(error)}`
    : `Cannot use the database: ${fault.text}.`;
}

/** The ids of new applications and webhooks, and the secrets that were made for them. */
export const describeSecrets = (made: readonly MadeSecret[]): string =>
  made
    .map(({ what, name, id, secret }) => {
      const shown = secret === null ? "" : `, secret ${secret} (shown once)`;
      return what === "application"
        ? `Application ${name}: client id ${id}${shown}`
        : `Webhook ${name}: id ${id}${shown}`;
    })
    .join("\n");
