import { HOMES } from "../kernel/home.ts";

/**
 * oidc-provider's cookies come in pairs, a value and its signature under another name. A browser keeps about 180 cookies of a domain
 * and drops others for new ones, so a sign-in has one: `value.signature`, and behind the password `value.signature.home`, as in the
 * cookie of its last redirect. The library gets and gives its pairs as ever.
 */

const SIGNATURE = ".sig";

/** A Cookie header in which these cookies are joined, as the library reads it. */
export function splitCookies(header: string, names: readonly string[]): string {
  const pairs = header.split(/; */).filter((pair) => pair !== "");
  const joined = names.filter((name) => pairs.some((pair) => partsOf(pair, name) !== null));
  return pairs
    .filter((pair) => !joined.some((name) => pair.startsWith(`${name}${SIGNATURE}=`)))
    .flatMap((pair) => {
      const found = joined.map((name) => partsOf(pair, name)).find((parts) => parts !== null);
      return found ?? [pair];
    })
    .join("; ");
}

function partsOf(pair: string, name: string): [string, string] | null {
  const [, value, signature] = /^=([\w-]+)\.([\w-]+)(?:\.\d+)?$/.exec(pair.slice(name.length)) ?? [];
  return value === undefined || signature === undefined || !pair.startsWith(name)
    ? null
    : [`${name}=${value}`, `${name}${SIGNATURE}=${signature}`];
}

/** The cookie of a sign-in with its home, as it is in a Cookie header; null where it is not. */
export function homeInCookie(header: string, name: string): { whole: string; home: number | null } | null {
  const values = header.split(/; */).flatMap((pair) => (pair.startsWith(`${name}=`) ? [valueOf(pair)] : []));
  const [, whole, home] = /^([\w-]+\.[\w-]+)(?:\.(\d{1,5}))?$/.exec(values[0] ?? "") ?? [];
  return whole === undefined ? null : { whole, home: isHome(home) ? Number(home) : null };
}

const isHome = (text: string | undefined): boolean => text !== undefined && Number(text) < HOMES;

/** Lines of Set-Cookie in which each of these cookies has its signature behind its value. A signature without a value is left out. */
export function joinCookies(lines: readonly string[], names: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const name = names.find(
      (known) => line.startsWith(`${known}=`) || line.startsWith(`${known}${SIGNATURE}=`),
    );
    if (name === undefined) {
      return [line];
    }
    if (line.startsWith(`${name}${SIGNATURE}=`)) {
      return [];
    }
    // The library writes the signature right after its value.
    const signature =
      lines[index + 1]?.startsWith(`${name}${SIGNATURE}=`) === true ? valueOf(lines[index + 1]) : "";
    const [, ...attributes] = line.split(";");
    const value = valueOf(line) === "" || signature === "" ? valueOf(line) : `${valueOf(line)}.${signature}`;
    return [[`${name}=${value}`, ...attributes].join(";")];
  });
}

/** The value of a line of Set-Cookie. */
export const valueOf = (line = ""): string => /^[^=]*=([^;]*)/.exec(line)?.[1] ?? "";
