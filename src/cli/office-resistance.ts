import type { Command } from "commander";
import type { Office, OfficeResistance } from "../domain/offices/office.ts";
import { RESISTANT_KINDS } from "../domain/factors/factor.ts";
import { resistanceIn, resistanceSchema } from "../domain/offices/office-settings.ts";
import { localDay } from "../kernel/time-zone.ts";
import { parseOptions } from "./option-faults.ts";
import { given, orNone } from "./typed-values.ts";

/** Options for of whom an office demands a factor that resists phishing. */
export interface ResistanceOptions {
  readonly phishingResistant?: string;
  readonly phishingResistantFrom?: string;
}

const NAMES = { of: "--phishing-resistant", from: "--phishing-resistant-from" };

export const withResistance = (verb: Command): Command =>
  verb
    .option(
      "--phishing-resistant <users>",
      `users who need a method that resists phishing (${RESISTANT_KINDS.join(", ")}): none, superusers, accountants (and superusers) or all`,
    )
    .option(
      "--phishing-resistant-from <date>",
      'day from which they need it, such as 2027-01-31; "none": at once',
    );

/** The office's rule, with the given options applied. */
export function resistanceOf(office: Office, typed: ResistanceOptions): OfficeResistance {
  const { phishingResistance, zone } = office;
  const from = phishingResistance.from === null ? null : localDay(phishingResistance.from, zone);
  const fields = given({ of: typed.phishingResistant, from: orNone(typed.phishingResistantFrom) });
  return resistanceIn(
    office,
    parseOptions(resistanceSchema, { ...phishingResistance, from, ...fields }, NAMES),
  );
}

export const describeResistance = ({ of, from }: OfficeResistance, { zone }: Pick<Office, "zone">): string =>
  `${of}${from === null ? "" : ` from ${localDay(from, zone)}`}`;
