import { parseMobileNumber, writtenNumber } from "../../../domain/factors/mobile-number.ts";
import type { Model, PageContext } from "../page.ts";
import { fault, type Faults } from "../../../platform/web/page-kit.ts";

/** Parses a typed mobile number. Numbers without a country code belong to the country of the office. */
export function typedNumber(
  context: PageContext,
  typed: string,
): { type: "number"; number: string } | Faults {
  const { office, t } = context;
  if (typed.trim() === "" || office === null) {
    return fault("number", t("mobileNumber.required"));
  }
  const parsed = parseMobileNumber(typed, office.country, office.countries);
  return parsed.type === "number"
    ? { type: "number", number: parsed.e164 }
    : fault("number", t(`mobileNumber.${parsed.fault}`));
}

/**
 * The model of a form for a number (E.164), to be corrected; null: nothing was typed yet. It names the country whose numbers
 * need no country code.
 */
export function typedNumberModel({ office, language }: PageContext, number: string | null): Model {
  const names = new Intl.DisplayNames([language], { type: "region" });
  const country = office?.country ?? "NL";
  const value = number === null ? "" : writtenNumber(number);
  return { values: { number: value }, autofocus: "number", country: names.of(country) ?? country };
}
