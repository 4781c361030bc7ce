import { z } from "zod";

/**
 * Whether a name is safe to print in one line. Line breaks and control characters could inject a mail header, a log line or a table
 * row, or control a terminal. Characters that change the text direction make one name look like another.
 */
export const isOneLine = (text: string): boolean =>
  !/[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u.test(text);

/** The name of a user or of anything else, with at most `maxLength` characters. */
export const nameSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(maxLength, `must have at most ${String(maxLength)} characters`)
    .refine(isOneLine, NOT_ONE_LINE);

export const NOT_ONE_LINE =
  "must not have line breaks, control characters or characters that turn its direction";
