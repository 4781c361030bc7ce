import type { Readable, Writable } from "node:stream";
import { Command } from "commander";

/** What a command is given besides its words, and where it writes. Tests bring their own. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly columns?: number };
  readonly errorOutput: Writable & { readonly columns?: number };
}

/** The process's own. Everything behind the entry gets settings instead of the environment. */
export const PROCESS_TERMINAL: Terminal = {
  // eslint-disable-next-line no-restricted-syntax -- the entry hands the environment to settings.ts, and nobody else asks for it
  environment: process.env,
  // Opened by those alone who read it: it may be closed.
  get input() {
    return process.stdin;
  },
  output: process.stdout,
  errorOutput: process.stderr,
};

/** The root of all commands: it knows the terminal, and with which code the program ends. */
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

/** Writes a text and waits until it has gone: however much comes, no more than one piece is kept. */
export function write(output: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    // What cannot be written is the entry's to tell, for all that is written.
    output.write(text, () => {
      resolve();
    });
  });
}
