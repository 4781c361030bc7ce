/**
 * Whether a name stays in the line it is written into: no line break and no control character, which could begin a
 * header of a mail, a line of a log or a row of a list of its own, or paint a terminal.
 */
export const isOneLine = (text: string): boolean => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);

export const NOT_ONE_LINE = "must not have line breaks or control characters";
