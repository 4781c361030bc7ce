import { hasPlainHost } from "../../kernel/plain-host.ts";

/**
 * Values that come from rows or requests, as they may enter a header. Each kind of header has its own characters that end a value;
 * what an editor has accepted in an earlier release is not trusted here. Koa and Node encode or refuse line breaks everywhere.
 */

/** The origin of an image for CSP; null for an address with which a directive could be added, whose image is then not shown. */
export function cspSource(address: string): string | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && /^https?:$/.test(url.protocol) && hasPlainHost(url) ? url.origin : null;
}

/** A file name for Content-Disposition: everything but letters, digits, `.`, `-` and `_` becomes `_`. */
export const plainFileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, "_");

/**
 * A value for Set-Cookie. Throws when it holds anything but letters, digits, `.`, `-`, `_` and `~`: the cookie library passes `;`
 * on, with which the value could add attributes such as `Domain`.
 */
export function cookieValue(value: string): string {
  if (!/^[\w.~-]*$/.test(value)) {
    throw new Error("A cookie's value has a character that ends it.");
  }
  return value;
}
