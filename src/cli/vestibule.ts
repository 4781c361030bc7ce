/**
 * The command line: one file a noun, each verb a small function from options to an answer. It owns options and output; the work is
 * done by the domain, with the same functions that the demo and the console use.
 * Start with program.ts for the nouns, then office.ts for how a verb looks.
 */
import { codeOf } from "../kernel/errors.ts";
import { runProgram } from "./program.ts";
import { PROCESS_TERMINAL } from "./terminal.ts";

process.stdout.on("error", (error) => {
  // A reader that closes the pipe early, such as `head`, is no fault; a full disk is.
  if (codeOf(error) !== "EPIPE" && process.exitCode !== 1) {
    process.exitCode = 1;
    console.error(`The output could not be written: ${codeOf(error) ?? error.message}.`);
  }
});
// An error on standard error cannot be reported anywhere.
process.stderr.on("error", () => undefined);

const code = await runProgram(process.argv.slice(2), PROCESS_TERMINAL);
if (code !== 0) {
  process.exitCode = code;
}
