import type { Command } from "commander";
import type { Office } from "../domain/offices/office.ts";
import { officeSettingsSchema } from "../domain/offices/office-settings.ts";
import { parseOptions } from "./option-faults.ts";
import { given } from "./typed-values.ts";

/** Options for the text messages of an office. */
interface TextMessageOptions {
  readonly country?: string;
  readonly countries?: string;
  readonly smsBudget?: string;
}

type TextMessages = Pick<Office, "country" | "countries" | "smsDailyBudget">;

const schema = officeSettingsSchema.pick({ country: true, countries: true, smsDailyBudget: true }).required();

const NAMES = { smsDailyBudget: "--sms-budget" };

export const withTextMessages = (verb: Command): Command =>
  verb
    .option("--country <code>", "country of mobile numbers that are typed without one, such as NL")
    .option("--countries <list>", "countries that text messages go to, such as NL,BE,DE")
    .option("--sms-budget <number>", "text messages in a day, 0 to 1000000");

/** The office's rules, with the given options applied. The list may omit the office's own country. */
export function textMessagesOf(office: Office, typed: TextMessageOptions): TextMessages {
  const fields = given({
    country: typed.country,
    countries: typed.countries?.split(","),
    smsDailyBudget: typed.smsBudget === "" ? "none" : typed.smsBudget,
  });
  const { country: home, countries, smsDailyBudget } = office;
  return parseOptions(schema, { country: home, countries, smsDailyBudget, ...fields }, NAMES);
}

export const describeTextMessages = ({ country: home, countries, smsDailyBudget }: Office): string =>
  `${String(smsDailyBudget)} a day, to ${countries.join(", ")}; numbers without a country code are of ${home}`;
