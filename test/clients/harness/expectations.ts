import { isDeepStrictEqual, inspect } from "node:util";
import type { Shown } from "./walker.ts";

/** Throws unless a page has this text. */
export function shows({ body, url, status }: Pick<Shown, "body" | "url" | "status">, text: string): void {
  if (!body.includes(text)) {
    const words = body.replaceAll(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>|\s+/g, " ").replaceAll(/ +/g, " ");
    throw new Error(`No "${text}" at ${url} (${String(status)}): ${words.slice(0, 200)}`);
  }
}

/** Throws unless both are alike. */
export function equal(actual: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, wanted)) {
    throw new Error(`${what}: ${inspect(actual)} instead of ${inspect(wanted)}`);
  }
}

/** What a page answered as JSON. */
export function jsonOf({ body, url, status }: Shown): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    shows({ body, url, status }, "{");
    throw new Error(`No JSON at ${url} (${String(status)}): ${body.slice(0, 200)}`);
  }
}
