import type { AddressRule, Judge } from "./application-addresses.ts";
import { normalAddress, normalOrigin } from "./normal-address.ts";

/** A refused address: the rule that it breaks, and the nearest address that breaks none; null where there is none. */
export interface AddressFault {
  readonly rule: AddressRule;
  readonly address: string;
  readonly nearest: string | null;
}

/** What is wrong with an address, or null. */
export function addressFault(address: string, judge: Judge): AddressFault | null {
  const rule = judge(address);
  return rule === null ? null : { rule, address, nearest: nearestOf(address, judge) };
}

const SENTENCES: Readonly<Record<AddressRule, string>> = {
  incomplete: "is not a complete address",
  characters: "contains a space, a control character or a backslash, which no address may contain",
  wildcard: "has a wildcard; register each address by itself",
  fragment: "must not have a fragment (#)",
  "user-name": "must not have a user name",
  scheme: "must start with https://",
  https: "must start with https:// (http:// is for localhost, 127.0.0.1 and [::1] alone)",
  "private-scheme": "needs a scheme with a dot: that of a domain of yours, from behind",
  loopback: "must start with https://, or with http:// and 127.0.0.1, [::1] or localhost",
  host: "must have a host of letters, digits, dots and hyphens",
  "trailing-dot": "must not have a dot at the end of its host",
  spelling: "is not written as browsers write it, so that no request would match it",
  origin: "must be an origin: scheme, host and port alone",
};

/** The fault in English, for the command line. */
export function describeAddressFault({ rule, address, nearest }: AddressFault): string {
  const shown = address === "" ? "an empty text" : address;
  return `${shown} ${SENTENCES[rule]}${nearest === null ? "" : `; the nearest is ${nearest}`}`;
}

/** More faults than one address has. */
const MAX_STEPS = 6;

function nearestOf(address: string, judge: Judge): string | null {
  let candidate: string | null = address;
  for (let step = 0; step < MAX_STEPS && candidate !== null; step += 1) {
    const rule = judge(candidate);
    if (rule === null) {
      return candidate.endsWith("/") ? normalAddress(candidate) : normalOrigin(candidate);
    }
    candidate = mended(candidate, rule);
  }
  return null;
}

/** Mends one fault; null where what was meant is open. */
function mended(address: string, rule: AddressRule): string | null {
  switch (rule) {
    case "incomplete":
      return completed(address);
    case "characters":
      return address.replaceAll(/\s|\p{Cc}/gu, "").replaceAll("\\", "/");
    case "fragment":
      return address.replace(/#.*$/s, "");
    case "user-name":
      return address.replace(/^([a-z]+:\/\/)[^/?]*@/i, "$1");
    case "scheme":
      return withWebScheme(address);
    case "https":
      // Port 80 goes with the scheme.
      return (normalAddress(address) ?? address).replace(/^http:/i, "https:");
    case "private-scheme":
      return withPrivateScheme(address);
    case "loopback":
      return withLoopback(address);
    case "trailing-dot":
      return address.replace(/^(https?:\/\/[^/?:]*?)\.+(?=[/?:]|$)/i, "$1");
    case "spelling":
      return new URL(address).href;
    case "origin":
      return new URL(address).origin;
    case "wildcard":
    case "host":
      return null;
  }
}

/** `app.example.com/cb` and `//app.example.com/cb`. */
function completed(address: string): string | null {
  const [, rest] = /^(?:\/\/)?([\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?].*)?)$/.exec(address) ?? [];
  return rest === undefined ? null : `https://${rest}`;
}

/** `ftp://app.example.com/`, and `localhost:3000/cb`, whose host reads as a scheme. */
function withWebScheme(address: string): string | null {
  const [, host] = /^([\w.-]+):\d+(?:[/?]|$)/.exec(address) ?? [];
  if (host !== undefined) {
    return `${host === "localhost" ? "http" : "https"}://${address}`;
  }
  return /^(?:ftp|wss?):\/\//i.test(address) ? address.replace(/^[a-z]+/i, "https") : null;
}

/** Schemes with a meaning of their own are never those of an application. */
const OF_BROWSERS = /^(?:javascript|vbscript|data|file|blob|about|ftp|wss?|mailto|tel|view-source):/i;

const withPrivateScheme = (address: string): string | null =>
  OF_BROWSERS.test(address)
    ? null
    : address.replace(/^([^:]+):\/*/, (_, scheme: string) => `com.example.${scheme.toLowerCase()}:/`);

/** Other addresses of this computer are meant to be this computer; every other host has https. */
const withLoopback = (address: string): string =>
  /^(?:127\.|0\.0\.0\.0$|\[::\]$)/.test(new URL(address).hostname)
    ? address.replace(/^(http:\/\/)(?:\[[^\]]*\]|[^/?:]*)/i, (_, scheme: string) => `${scheme}127.0.0.1`)
    : address.replace(/^http:/i, "https:");
