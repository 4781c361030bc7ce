import { CommanderError } from "commander";
import { databaseFaultAtStart } from "../database/database-fault.ts";
import { OperatorError } from "../kernel/errors.ts";
import { OptionFaults } from "./option-faults.ts";
import type { Terminal } from "./terminal.ts";

/** Says on standard error what went wrong and what to do: as JSON after `--json`, and never with a stack unless it was asked for. */
export function complain(error: unknown, words: readonly string[], terminal: Terminal): void {
  const { errorOutput } = terminal;
  const message = describe(error, words, terminal);
  if (words.includes("--json")) {
    const faults = error instanceof OptionFaults ? { faults: error.faults } : {};
    errorOutput.write(`${JSON.stringify({ error: message, ...faults })}\n`);
    return;
  }
  errorOutput.write(`${message}\n`);
}

function describe(error: unknown, words: readonly string[], terminal: Terminal): string {
  if (error instanceof OperatorError) {
    return error.message;
  }
  if (error instanceof CommanderError) {
    return usageFault(error, words);
  }
  if (!(error instanceof Error)) {
    return "Unexpected: something that is no error was thrown.";
  }
  const fault = databaseFaultAtStart(error);
  const line =
    fault === null
      ? `Unexpected: ${(error.message === "" ? error.name : error.message).replaceAll(/\s+/g, " ")}`
      : `Cannot use the database: ${fault.text}.`;
  if (isDebugging(words, terminal)) {
    return `${line}\n${error.stack ?? ""}`;
  }
  return fault === null
    ? `${line}\nRun it again with --debug (or VESTIBULE_LOG_LEVEL=debug) to see where this comes from.`
    : line;
}

function usageFault({ code, message }: CommanderError, typed: readonly string[]): string {
  const firstOption = typed.findIndex((word) => word.startsWith("-"));
  const nouns = firstOption === -1 ? typed : typed.slice(0, firstOption);
  const unknown = /^error: unknown command '([^']*)'/.exec(message)?.[1];
  const known = unknown === undefined ? nouns : nouns.slice(0, nouns.indexOf(unknown));
  // A noun without a verb: commander has shown its help already.
  return code === "commander.help"
    ? "Which of these commands?"
    : `${message.replace(/^error: /, "")}\nSee: ${["vestibule", ...known, "--help"].join(" ")}`;
}

const isDebugging = (words: readonly string[], { environment }: Terminal): boolean =>
  words.includes("--debug") || /^(debug|trace)$/.test(environment["VESTIBULE_LOG_LEVEL"] ?? "");
