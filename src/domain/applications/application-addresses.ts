import { hasPlainHost, NOT_PLAIN_HOST } from "../../kernel/plain-host.ts";
import { rulesOf, type ApplicationType } from "./application-types.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What is wrong with a redirect address for this type of application, or null (RFC 9700 section 2.1, RFC 8252 section 7). */
export function redirectFault(uri: string, type: ApplicationType): string | null {
  const common = addressFault(uri);
  if (common !== null) {
    return common;
  }
  const url = new URL(uri);
  return rulesOf(type).redirects === "native" ? nativeFault(url) : webFault(url);
}

/** What is wrong with an address that Vestibule links to or calls, or null. */
export function webUrlFault(uri: string): string | null {
  return addressFault(uri) ?? webFault(new URL(uri));
}

export function isOriginOf(text: string): boolean {
  return webUrlFault(text) === null && new URL(text).origin === text;
}

function addressFault(uri: string): string | null {
  if (!URL.canParse(uri) || /[\s\\*]|\p{Cc}/u.test(uri)) {
    return "is not an address";
  }
  const url = new URL(uri);
  if (uri.includes("#")) {
    return "must not have a fragment";
  }
  if (url.username !== "" || url.password !== "") {
    return "must not have a user name";
  }
  if (/^https?:$/.test(url.protocol) && !hasPlainHost(url)) {
    return NOT_PLAIN_HOST;
  }
  // Compare what a browser would send: a registered `HTTPS://App.test/a/../cb` would never match.
  return url.href === uri || url.href === `${uri}/` ? null : `must be written as ${url.href}`;
}

function webFault(url: URL): string | null {
  if (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname))) {
    return null;
  }
  return "must start with https:// (http:// is for this computer alone)";
}

function nativeFault(url: URL): string | null {
  if (url.protocol === "https:") {
    return null;
  }
  if (url.protocol === "http:") {
    // RFC 8252 section 8.3: the name localhost may resolve to another machine.
    return url.hostname === "127.0.0.1" || url.hostname === "[::1]" ? null : "must use 127.0.0.1 or [::1]";
  }
  return url.protocol.includes(".") ? null : "a private scheme needs a dot, such as com.example.app:/cb";
}
