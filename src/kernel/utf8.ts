/**
 * The text that the bytes are in UTF-8, without the mark that Windows puts before it; null for what is no UTF-8. A lenient reader would put
 * the same sign in place of each byte that it does not know, and a password or a name would be another one than was meant.
 */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Whether a text that was read leniently, as Node reads arguments and variables, was no UTF-8. */
export const wasNotUtf8 = (text: string): boolean => text.includes("\u{fffd}");
