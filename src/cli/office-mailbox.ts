import type { Command } from "commander";
import { z } from "zod";
import type { Office } from "../domain/offices/office.ts";
import { parseOptions } from "./option-faults.ts";
import { given } from "./typed-values.ts";

export const withMailboxEnough = (verb: Command): Command =>
  verb.option(
    "--mailbox-enough <on>",
    '"on": a mailed link sets the password also of users whose codes go to the same mailbox, so that its reader needs nothing else; "off": it does not',
  );

const schema = z.object({ mailboxEnough: z.enum(["on", "off"], { error: "must be on or off" }) });

const NAMES = { mailboxEnough: "--mailbox-enough" };

/** The office's rule, with the given option applied. */
export function mailboxEnoughOf(
  { isMailboxEnough }: Office,
  { mailboxEnough }: { readonly mailboxEnough?: string },
): boolean {
  const before = isMailboxEnough ? "on" : "off";
  const read = parseOptions(schema, { mailboxEnough: before, ...given({ mailboxEnough }) }, NAMES);
  return read.mailboxEnough === "on";
}
