import type { Readable, Writable } from "node:stream";
import { Command } from "commander";

/** The environment, the input and the outputs of a command. Tests pass their own. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly columns?: number };
  readonly errorOutput: Writable & { readonly columns?: number };
}

/** The process's own. Everything behind the entry gets settings instead of the environment. */
export const PROCESS_TERMINAL: Terminal = {
  // eslint-disable-next-line no-restricted-syntax -- the entry passes the environment to settings.ts; no other code reads it
  environment: process.env,
  // A getter: only commands that read standard input open it, since it may be closed.
  get input() {
    return process.stdin;
  },
  output: process.stdout,
  errorOutput: process.stderr,
};

/** The root of all commands, with the terminal and the exit code. */
export class Program extends Command {
  readonly terminal: Terminal;
  exitCode = 0;

  constructor(name: string, terminal: Terminal) {
    super(name);
    this.terminal = terminal;
  }
}

/** The program that a command belongs to. */
export function programOf(command: Command): Program {
  if (command instanceof Program) {
    return command;
  }
  if (command.parent === null) {
    throw new Error(`The command ${command.name()} belongs to no program.`);
  }
  return programOf(command.parent);
}

export const terminalOf = (command: Command): Terminal => programOf(command).terminal;

/** Writes a text and waits until it is written, so that only one piece is in memory. */
export function write(output: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    // The entry reports write errors, for all output.
    output.write(text, () => {
      resolve();
    });
  });
}
