import { CommanderError } from "commander";
import { OperatorError } from "../kernel/errors.ts";
import { OptionFaults } from "./option-faults.ts";
import { environment } from "./environment.ts";

/** Says on standard error what went wrong and what to do: as JSON after `--json`, and never with a stack unless it was asked for. */
export function complain(error: unknown, words: readonly string[]): void {
  const message = describe(error, isDebugging(words));
  if (words.includes("--json")) {
    const faults = error instanceof OptionFaults ? { faults: error.faults } : {};
    console.error(JSON.stringify({ error: message, ...faults }));
    return;
  }
  console.error(message);
}

function describe(error: unknown, withStack: boolean): string {
  if (error instanceof OperatorError) {
    return error.message;
  }
  if (error instanceof CommanderError) {
    return usageFault(error);
  }
  if (!(error instanceof Error)) {
    return "Unexpected: something that is no error was thrown.";
  }
  const line = `Unexpected: ${(error.message === "" ? error.name : error.message).replaceAll(/\s+/g, " ")}`;
  return withStack
    ? `${line}\n${error.stack ?? ""}`
    : `${line}\nRun it again with --debug (or VESTIBULE_LOG_LEVEL=debug) to see where this comes from.`;
}

function usageFault({ code, message }: CommanderError): string {
  // A noun without a verb: commander has shown its help already.
  return code === "commander.help"
    ? "Which command? They are listed above."
    : message.replace(/^error: /, "");
}

const isDebugging = (words: readonly string[]): boolean =>
  words.includes("--debug") || /^(debug|trace)$/.test(environment["VESTIBULE_LOG_LEVEL"] ?? "");
