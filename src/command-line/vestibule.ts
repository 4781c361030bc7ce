/**
 * The command line: one file a noun, each verb a small function from options to an answer. It owns how things are
 * asked for and told; what is done belongs to the domain, by the same functions that the demo and the console use.
 * Start with program.ts for the nouns, then office.ts for how a verb looks.
 */
import { CommanderError } from "commander";
import { complain } from "./complain.ts";
import { createProgram } from "./program.ts";

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError && error.exitCode === 0)) {
    complain(error, process.argv);
    process.exitCode = 1;
  }
}
