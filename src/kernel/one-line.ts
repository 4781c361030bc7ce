import { z } from "zod";
import { typedName } from "./typed-text/typed-text.ts";

/**
 * Whether a name is safe to print in one line. Line breaks and control characters could inject a mail header, a log line or a table
 * row, or control a terminal. Characters that change the text direction make one name look like another. Half of a character (a lone
 * surrogate, which JSON can say) would be kept as another character than was sent.
 */
export const isOneLine = (text: string): boolean =>
  !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u.test(text);

/** Signs that fonts draw as nothing, although Unicode counts them among the visible ones. */
const BLANK_SIGNS = /[\u{2800}\u{fffc}\u{1d159}\u{16fe4}]/gu;

/**
 * Whether an eye sees anything of a typed name. An accent needs a letter; private and unassigned characters are drawn as empty boxes.
 */
const isVisible = (name: string): boolean => /[\p{L}\p{N}\p{P}\p{S}]/u.test(name.replaceAll(BLANK_SIGNS, ""));

/** The name of a user or of anything else, with at most `maxLength` characters. */
export const nameSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .refine(isOneLine, NOT_ONE_LINE)
    .transform(typedName)
    .pipe(
      z
        .string()
        .min(1, "must not be empty")
        .max(maxLength, `must have at most ${String(maxLength)} characters`)
        .refine((name) => name === "" || isVisible(name), "must have characters that can be seen"),
    );

export const NOT_ONE_LINE =
  "must not have line breaks, control characters or characters that turn its direction";
