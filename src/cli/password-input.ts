import { buffer } from "node:stream/consumers";
import { OperatorError } from "../kernel/errors.ts";
import { randomPassword } from "../kernel/random.ts";
import { Secret } from "../kernel/secret.ts";
import { utf8 } from "../kernel/utf8.ts";
import type { Terminal } from "./terminal.ts";

/** A password for a user, and whether it was generated and has to be shown. */
export interface NewPassword {
  readonly password: Secret;
  readonly isGenerated: boolean;
}

/** The flag and its help text. A password is never an argument, because every user of the machine can see arguments. */
export const PASSWORD_OPTION = [
  "--password-stdin",
  "read the password from standard input; without this one is made and printed once",
] as const;

/** Reads the password from standard input, or generates one. */
export async function newPassword(
  { passwordStdin }: { passwordStdin?: boolean },
  terminal: Terminal,
): Promise<NewPassword> {
  return passwordStdin === true
    ? { password: await readPassword(terminal), isGenerated: false }
    : { password: new Secret(randomPassword()), isGenerated: true };
}

async function readPassword({ input }: Terminal): Promise<Secret> {
  if (input.isTTY === true) {
    throw new OperatorError(
      "--password-stdin: standard input is the terminal, which would show the password. Pipe it in, or leave the option out to have one made.",
    );
  }
  const password = utf8(await buffer(input))?.replace(/\r?\n$/, "");
  if (password === undefined) {
    throw new OperatorError("--password-stdin: the password must be in UTF-8.");
  }
  if (password === "") {
    throw new OperatorError("--password-stdin: nothing came in on standard input.");
  }
  if (!isPasswordLine(password)) {
    throw new OperatorError("--password-stdin: the password must be one line without control characters.");
  }
  return new Secret(password);
}

/** Whether it can be typed into the field of a page. */
export const isPasswordLine = (password: string): boolean => !/\p{Cc}/u.test(password);
