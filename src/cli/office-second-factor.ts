import type { Command } from "commander";
import type { Office, OfficeSecondFactor } from "../domain/offices/office.ts";
import { METHODS_CHOICE } from "../domain/factors/factor.ts";
import { localDay } from "../kernel/time-zone.ts";
import { secondFactorIn, secondFactorSchema } from "../domain/offices/office-settings.ts";
import { parseOptions } from "./option-faults.ts";
import { given, orNone } from "./typed-values.ts";

/** Options for what an office demands besides the password. */
export interface SecondFactorOptions {
  readonly secondFactor?: string;
  readonly from?: string;
  readonly methods?: string;
}

const NAMES = { demand: "--second-factor" };

export const withSecondFactor = (verb: Command): Command =>
  verb
    .option("--second-factor <demand>", "required or off")
    .option("--from <date>", 'day from which it is required, such as 2027-01-31; "none": at once')
    .option("--methods <list>", `accepted methods: ${METHODS_CHOICE}`);

/** The office's rules, with the given options applied. */
export function secondFactorOf(office: Office, typed: SecondFactorOptions): OfficeSecondFactor {
  const fields = given({
    demand: typed.secondFactor,
    from: orNone(typed.from),
    methods: typed.methods?.split(",").map((method) => method.trim()),
  });
  const { secondFactor, zone } = office;
  const from = secondFactor.from === null ? null : localDay(secondFactor.from, zone);
  return secondFactorIn(
    office,
    parseOptions(secondFactorSchema, { ...secondFactor, from, ...fields }, NAMES),
  );
}

export function describeSecondFactor(
  { demand, from, methods }: OfficeSecondFactor,
  { zone }: Pick<Office, "zone">,
): string {
  const by = methods.join(" or ");
  if (demand === "off") {
    return `off; users who set one up choose ${by}`;
  }
  return `required${from === null ? "" : ` from ${localDay(from, zone)}`}, by ${by}`;
}
