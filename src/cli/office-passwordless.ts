import type { Command } from "commander";
import { z } from "zod";
import type { Office } from "../domain/offices/office.ts";
import { parseOptions } from "./option-faults.ts";
import { given } from "./typed-values.ts";

export const withPasswordless = (verb: Command): Command =>
  verb.option(
    "--passwordless <on>",
    '"on": a passkey that has checked a fingerprint, face or PIN replaces the password too; "off": it does not',
  );

const schema = z.object({ passwordless: z.enum(["on", "off"], { error: "must be on or off" }) });

const NAMES = { passwordless: "--passwordless" };

/** The office's rule, with the given option applied. */
export function passwordlessOf(
  { isPasswordless }: Office,
  { passwordless }: { readonly passwordless?: string },
): boolean {
  const before = isPasswordless ? "on" : "off";
  return (
    parseOptions(schema, { passwordless: before, ...given({ passwordless }) }, NAMES).passwordless === "on"
  );
}
