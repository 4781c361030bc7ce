import { z } from "zod";

/**
 * Whether a name stays in the line it is written into: no line break and no control character, which could begin a
 * header of a mail, a line of a log or a row of a list of its own, or paint a terminal; and no character that turns the
 * direction of what follows, which makes one name read as another.
 */
export const isOneLine = (text: string): boolean =>
  !/[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u.test(text);

/** A name of a thing or a person, of `most` characters. */
export const nameSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(maxLength, `must have at most ${String(maxLength)} characters`)
    .refine(isOneLine, NOT_ONE_LINE);

export const NOT_ONE_LINE =
  "must not have line breaks, control characters or characters that turn its direction";
