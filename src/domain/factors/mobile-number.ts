import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from "libphonenumber-js/max";
import { typedPhone } from "../../kernel/typed-text/typed-phone.ts";

/** A valid number for codes, or what is wrong with the input. The only file that imports libphonenumber. */
export type ParsedNumber =
  | { readonly type: "number"; readonly e164: string; readonly country: string }
  | { readonly type: "fault"; readonly fault: NumberFault };

/**
 * `country`: a valid number of a country that the office does not send to. `extension`: with one, such as `ext. 5`, which no text
 * message reaches.
 */
type NumberFault = "invalid" | "country" | "not-mobile" | "extension";

/** Digits and the usual separators; no letters, and no more than one number. */
const WRITTEN = /^\+?[0-9 ().\-/]{4,30}$/;

/** Parses a number in any usual notation. `country`: of a number without a country code (ISO 3166-1). */
export function parseMobileNumber(typed: string, country: string, allowed: readonly string[]): ParsedNumber {
  const { number: text, hasExtension } = typedPhone(typed);
  if (!WRITTEN.test(text)) {
    return faulty("invalid");
  }
  const number = read(text, country);
  if (number === null) {
    return faulty("invalid");
  }
  if (hasExtension) {
    return faulty("extension");
  }
  // Satellite and other worldwide numbers belong to no country, and cost the most.
  const owner = countriesOf(number).find((code) => allowed.includes(code));
  if (owner === undefined) {
    return faulty("country");
  }
  const kind = number.getType();
  return kind === "MOBILE" || kind === "FIXED_LINE_OR_MOBILE"
    ? { type: "number", e164: number.number, country: owner }
    : faulty("not-mobile");
}

const faulty = (fault: NumberFault): ParsedNumber => ({ type: "fault", fault });

/** `00` is how most of the world dials abroad, also in the contacts of a user whose own country has another prefix. */
function read(text: string, country: string): PhoneNumber | null {
  const options = isSupportedCountry(country)
    ? { defaultCountry: country, extract: false }
    : { extract: false };
  return (
    [text, text.replace(/^00/, "+")]
      .map((written) => parsePhoneNumberFromString(written, options))
      .find((number) => number?.isValid() === true) ?? null
  );
}

/**
 * Countries whose mobile numbers come out of the same ranges, so that nothing tells them apart; the library names the first. All others
 * that share a calling code differ in the digits that follow it (+1 US and CA, +44 GB and JE, +7 RU and KZ).
 */
const SAME_RANGES: readonly (readonly string[])[] = [
  ["NO", "SJ"],
  ["IT", "VA"],
  ["FI", "AX"],
  ["AU", "CC", "CX"],
  ["GP", "BL", "MF"],
  ["MA", "EH"],
];

const countriesOf = ({ country }: PhoneNumber): readonly string[] =>
  country === undefined ? [] : (SAME_RANGES.find(([first]) => first === country) ?? [country]);

/** What anyone may see of a number: the country and the last three digits. */
export function maskNumber(e164: string): string {
  const code = parsePhoneNumberFromString(e164)?.countryCallingCode ?? "";
  return `+${code} •• ••• ${e164.slice(-3)}`;
}

/** The same for pages and mails, where no line may break between its dots (no-break spaces, U+00A0). */
export const unbrokenMask = (e164: string): string => maskNumber(e164).replaceAll(" ", "\u00a0");

/** The whole number in international notation, as every field, terminal and page writes it: `+31 6 12345678`. */
export const writtenNumber = (e164: string): string =>
  parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;

/** The same for pages, in groups that do not break across lines. */
export const readableNumber = (e164: string): string => writtenNumber(e164).replaceAll(" ", "\u00a0");

/**
 * What a page shows of a stored number: a confirmed one is a factor and stays masked; any other can be read, because its
 * owner is to check it (docs/decisions/0066).
 */
export const shownNumber = ({
  number,
  state,
}: {
  readonly number: string;
  readonly state: string;
}): string => (state === "confirmed" ? unbrokenMask(number) : readableNumber(number));

/** A range of ten thousand numbers, as carriers assign them; toll fraud uses a whole range. */
export const dialPrefix = (e164: string): string => e164.slice(0, -4);

/** Whether this is a country with a calling code of its own plan (ISO 3166-1, two capital letters). */
export const isCountry = (code: string): boolean =>
  isSupportedCountry(code) && getCountryCallingCode(code) !== undefined;

/** Every country that numbers can belong to, as two capital letters. */
export const COUNTRIES: readonly string[] = getCountries().filter(isCountry);

/** How numbers of a country begin, such as `+31`; empty for an unknown country. */
export const dialCode = (country: string): string =>
  isSupportedCountry(country) ? `+${getCountryCallingCode(country)}` : "";
