import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** A valid number for codes, or what is wrong with the input. The only file that imports libphonenumber. */
export type ParsedNumber =
  | { readonly type: "number"; readonly e164: string; readonly country: string }
  /** `country`: a valid number of a country that the office does not send to. */
  | { readonly type: "fault"; readonly fault: "invalid" | "country" | "not-mobile" };

/** Digits and the usual separators; no letters, no extension, and no more than one number. */
const WRITTEN = /^\+?[0-9 ().\-/]{4,30}$/;

/** Parses a number in any usual notation. `country`: of a number without a country code (ISO 3166-1). */
export function parseMobileNumber(typed: string, country: string, allowed: readonly string[]): ParsedNumber {
  const text = typed
    .normalize("NFKC")
    .trim()
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/\s/g, " ");
  if (!WRITTEN.test(text)) {
    return { type: "fault", fault: "invalid" };
  }
  const options = isSupportedCountry(country)
    ? { defaultCountry: country, extract: false }
    : { extract: false };
  const number = parsePhoneNumberFromString(text, options);
  if (number?.isValid() !== true) {
    return { type: "fault", fault: "invalid" };
  }
  // Satellite and other worldwide numbers belong to no country, and cost the most.
  if (number.country === undefined || !allowed.includes(number.country)) {
    return { type: "fault", fault: "country" };
  }
  const kind = number.getType();
  return kind === "MOBILE" || kind === "FIXED_LINE_OR_MOBILE"
    ? { type: "number", e164: number.number, country: number.country }
    : { type: "fault", fault: "not-mobile" };
}

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
