import { CommanderError } from "commander";
import { databaseFaultAtStart } from "../platform/database/database-fault.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import { printable } from "./answer.ts";
import { OptionFaults } from "./option-faults.ts";
import type { Terminal } from "./terminal.ts";

/** Prints on standard error what went wrong and what to do: as JSON after `--json`, and with a stack only on request. */
export function reportError(error: unknown, args: readonly string[], terminal: Terminal): void {
  const { errorOutput } = terminal;
  const message = errorText(error, args, terminal);
  if (args.includes("--json")) {
    const faults = error instanceof OptionFaults ? { faults: error.faults } : {};
    errorOutput.write(`${JSON.stringify({ error: message, ...faults })}\n`);
    return;
  }
  // It may quote a file or an argument.
  errorOutput.write(`${message.split("\n").map(printable).join("\n")}\n`);
}

/** One line about what went wrong and what to do; `args` are the typed arguments. */
export function errorText(error: unknown, args: readonly string[], terminal: Terminal): string {
  if (error instanceof OperatorError) {
    return error.message;
  }
  if (error instanceof CommanderError) {
    return usageFault(error, args);
  }
  if (!(error instanceof Error)) {
    return "Unexpected: something that is no error was thrown.";
  }
  const known = databaseFaultAtStart(error);
  const [line, hint] =
    known !== null
      ? [`Cannot use the database: ${known.text}.`, ""]
      : isOfPostgres(error)
        ? [refusedByDatabase(error), ""]
        : [`Unexpected: ${inOneLine(error.message === "" ? error.name : error.message)}`, HOW_TO_SEE];
  return isDebugging(args, terminal) ? `${line}\n${error.stack ?? ""}` : `${line}${hint}`;
}

const HOW_TO_SEE = "\nRun it again with --debug (or VESTIBULE_LOG_LEVEL=debug) to see where this comes from.";

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

/** Errors of PostgreSQL have a code of five letters or digits. */
const isOfPostgres = (error: Error): boolean =>
  "severity" in error && /^[0-9A-Z]{5}$/.test(codeOf(error) ?? "");

const refusedByDatabase = (error: Error): string =>
  `The database refused (${codeOf(error) ?? ""}): ${inOneLine(error.message)}. Type "npx vestibule doctor": it looks at roles, rights and tables.`;

function usageFault({ code, message }: CommanderError, typed: readonly string[]): string {
  const firstOption = typed.findIndex((word) => word.startsWith("-"));
  const nouns = firstOption === -1 ? typed : typed.slice(0, firstOption);
  const unknown = /^error: unknown command '([^']*)'/.exec(message)?.[1];
  const known = unknown === undefined ? nouns : nouns.slice(0, nouns.indexOf(unknown));
  // A noun without a verb: commander has shown its help already.
  return code === "commander.help"
    ? "Which of these commands?"
    : `${message.replace(/^error: /, "")}\nSee: ${["npx vestibule", ...known, "--help"].join(" ")}`;
}

const isDebugging = (args: readonly string[], { environment }: Terminal): boolean =>
  args.includes("--debug") || /^(debug|trace)$/.test(environment["VESTIBULE_LOG_LEVEL"] ?? "");
