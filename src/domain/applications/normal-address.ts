import { domainToUnicode } from "node:url";

/** What no address has: blanks, control characters, and what parsers read differently (RFC 3986 section 2, T143). */
const NEVER = /[\s\\]|\p{Cc}/u;

const AUTHORITY = /^https?:\/\/([^/?]*)(.*)$/i;
const HOST = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/;

/** Whether the text has a character that is in no address. */
export const hasForeignCharacter = (text: string): boolean => NEVER.test(text);

/**
 * The one form in which addresses are stored and compared, as browsers write it (the URL standard): scheme and host in small
 * letters, a host in punycode, without the usual port, and with `/` for an empty path. Path and query stay as they are, byte
 * for byte: applications tell `/cb`, `/CB`, `/cb/` and `/%63b` apart. Null for whatever differs in more than that, such as
 * `/a/../cb` or `http://127.1`: parsers disagree about it, and the answer to a sign-in must go to one place only.
 */
export function normalAddress(address: string): string | null {
  if (hasForeignCharacter(address) || address.includes("#") || !URL.canParse(address)) {
    return null;
  }
  const url = new URL(address);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  const normal = isWeb ? normalWeb(address, url) : `${url.protocol}${address.slice(url.protocol.length)}`;
  return normal === url.href ? normal : null;
}

function normalWeb(address: string, url: URL): string | null {
  const [, authority, rest] = AUTHORITY.exec(address) ?? [];
  const [, host] = HOST.exec(authority ?? "") ?? [];
  if (host === undefined || rest === undefined || !isSpelling(host, url.hostname)) {
    return null;
  }
  return `${url.origin}${rest.startsWith("/") ? "" : "/"}${rest}`;
}

/**
 * Whether a host differs from the browser's form in case and punycode alone. Browsers accept more, such as `127.1`,
 * `app%2etest` and full-width letters, which no developer configures.
 */
function isSpelling(host: string, normal: string): boolean {
  const labels = host.normalize("NFC").toLowerCase().split(".");
  const expected = normal.split(".");
  return (
    labels.length === expected.length &&
    labels.every(
      (label, place) => label === expected[place] || label === domainToUnicode(expected[place] ?? ""),
    )
  );
}

/** The normal form of an origin: that of its address, without the slash. */
export function normalOrigin(origin: string): string | null {
  const normal = normalAddress(origin);
  return normal === null || origin.endsWith("/") ? normal : normal.replace(/\/$/, "");
}

/** A port of this computer: any process may have it, and a native application takes one that is free (RFC 8252 section 7.3). */
const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+(?=\/)/;

/**
 * Whether the address is among the registered ones. `anyPort`: for a native application, whose port is free at 127.0.0.1 and
 * [::1]. At `localhost` it is not: that name may lead elsewhere (RFC 8252 section 8.3), so it counts as it was registered.
 */
export function isAmong(
  registered: readonly string[],
  sent: string,
  { anyPort }: { readonly anyPort: boolean },
): boolean {
  const compared = (address: string) => {
    const normal = normalAddress(address);
    return anyPort ? (normal?.replace(LOOPBACK_PORT, "$1") ?? null) : normal;
  };
  const wanted = compared(sent);
  if (wanted === null) {
    return false;
  }
  // They are stored so; those from before, and a port that is not free, need a look at each.
  return registered.includes(wanted) || registered.some((address) => compared(address) === wanted);
}
