import { isOneLine } from "../../kernel/one-line.ts";

/** One address only. No list, display name, group or quoted part, which could add further recipients. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]]+@[^\s"(),:;<>@[\\\]]+$/u;

/** Whether a text is exactly one address, so that no line break, comma or bracket adds a recipient (CWE-93). */
export const isOneAddress = (text: string): boolean =>
  isOneLine(text) && text.length <= 254 && ADDRESS.test(text);
