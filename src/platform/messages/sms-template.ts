import { z } from "zod";

/** What a gateway's body can say of a text message. */
export interface SmsFields {
  /** E.164, such as `+31612345678`. */
  readonly to: string;
  /** The same without the plus sign. */
  readonly digits: string;
  readonly text: string;
  /** Our id of the message. */
  readonly reference: string;
  readonly sender: string;
}

const NAMES = ["to", "digits", "text", "reference", "sender"] as const satisfies readonly (keyof SmsFields)[];

/** The names in braces; anything else in braces is text. */
const FIELD = new RegExp(`\\{(?<name>${NAMES.join("|")})\\}`, "g");

/** Why a text is no template of a body; null for one that is. */
export function templateFault(template: string): string | null {
  const parsed = parse(template);
  if (parsed === null) {
    return "must be a JSON object";
  }
  const named = new Set([...JSON.stringify(parsed).matchAll(FIELD)].map(({ groups }) => groups?.["name"]));
  return named.has("text") && (named.has("to") || named.has("digits"))
    ? null
    : "must name {text}, and {to} or {digits}";
}

/**
 * The body of a request. Fields are filled into the strings of the parsed template, each once, so that no text can add a member or be
 * taken for another field.
 */
export const fillTemplate = (template: string, fields: SmsFields): string =>
  JSON.stringify(filled(parse(template), fields));

function filled(value: unknown, fields: SmsFields): unknown {
  if (typeof value === "string") {
    return value.replaceAll(FIELD, (_, name: keyof SmsFields) => fields[name]);
  }
  if (Array.isArray(value)) {
    return value.map((one) => filled(one, fields));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, fields)]))
    : value;
}

function parse(template: string): object | null {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(template));
  } catch {
    return null;
  }
}
