import { COUNTRIES, dialCode } from "../../domain/factors/mobile-number.ts";
import type { Fields } from "../../platform/web/form.ts";

/** A country as a form lists it, with its name in the reader's language. */
export interface Country {
  /** ISO 3166-1, two letters. */
  readonly code: string;
  readonly name: string;
  /** Such as `+31`. */
  readonly dial: string;
}

/** The name of a country's tick box, as in the template. */
const boxOf = (code: string): string => `country-${code}`;

/** How many tick boxes a form has. */
export const COUNTRY_COUNT = COUNTRIES.length;

/** Every country with mobile numbers, by name. */
export function countriesIn(language: string): Country[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  const { compare } = new Intl.Collator(language);
  return COUNTRIES.map((code) => ({ code, name: names.of(code) ?? code, dial: dialCode(code) })).sort(
    (one, other) => compare(one.name, other.name),
  );
}

/** The names of these countries, such as "NL", in the order of the language's alphabet. */
export function countryNames(codes: readonly string[], language: string): string[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  return codes.map((code) => names.of(code) ?? code).sort(new Intl.Collator(language).compare);
}

/**
 * The ticked countries as one value, `BE, NL`. Only the boxes say it: a form that sends none has no country, and the page says that it
 * needs one.
 */
export const tickedCountries = (fields: Fields): string =>
  COUNTRIES.filter((code) => fields[boxOf(code)] !== undefined)
    .toSorted()
    .join(", ");
