import { isOneLine } from "../../kernel/one-line.ts";

/** One address and nothing else: no list, no name, no group, no quoting in which any of those could hide. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]]+@[^\s"(),:;<>@[\\\]]+$/u;

/** Whether a text is exactly one address, which no line break, comma or bracket can make into two. */
export const isOneAddress = (text: string): boolean =>
  isOneLine(text) && text.length <= 254 && ADDRESS.test(text);
