import { withoutInvisible, withPlainBlanks, withPlainDashes, withPlainDigits } from "./characters.ts";

/** A telephone number as contacts, links and letters have it, taken apart. */
interface TypedPhone {
  /** Digits, perhaps a plus, and separators; whatever else was typed is still there. */
  readonly number: string;
  readonly hasExtension: boolean;
}

/** `tel:` and its like; `callto:` is of Skype, `sms:` of messages (RFC 3966, RFC 5724). */
const SCHEME = /^(?:tel|sms|callto|phone):(?:\/\/)?/iu;

/** `;ext=5` (RFC 3966), `ext. 5`, `x5`, `#5`, and what Dutch, German and French write. */
const EXTENSION =
  /(?<![\s,;])[\s,;]*(?:;ext=|\b(?:ext(?:ension|\.)?|x|toestel|tst\.?|durchwahl|dw\.?|poste)|(?<=\d)x|#)[\s.:]*\d{1,7}$/iu;

/** `+31 (0)6`: dial the zero at home only. Behind a country code it is never dialled, in no country with mobile numbers. */
const HOME_ZERO = /^((?:\+|00)[\d ]{1,5})\(0\)/u;

/** A phone number as it was typed or pasted from contacts, with its digits alone. */
export function typedPhone(text: string): TypedPhone {
  const plain = withPlainBlanks(
    withPlainDigits(withPlainDashes(withoutInvisible(text).normalize("NFKC"))),
  ).replace(SCHEME, "");
  const whole = plain.replace(/;(?:phone-context|isub)=[^;]*/giu, "").trim();
  const number = whole.replace(EXTENSION, "");
  return { number: number.replace(/^\+ ?/, "+").replace(HOME_ZERO, "$1"), hasExtension: number !== whole };
}
