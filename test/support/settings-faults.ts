import { OperatorError } from "../../src/kernel/errors.ts";
import { readSettings } from "../../src/server/settings/settings.ts";

/** The faults that an environment is refused for; none when it is accepted. */
export function faultsOf(environment: Readonly<Record<string, string>>): string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (!(error instanceof OperatorError)) {
      throw error;
    }
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}
