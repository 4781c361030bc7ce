import { hasPlainHost } from "../../kernel/plain-host.ts";
import { rulesOf, type ApplicationType } from "./application-types.ts";
import { isForDevelopment } from "./development-address.ts";
import { hasForeignCharacter, normalAddress, normalOrigin } from "./normal-address.ts";

/** Why an address cannot be registered. The texts are in address-fault.ts and, for the console, in the catalogues. */
export const ADDRESS_RULES = [
  "incomplete",
  "characters",
  "wildcard",
  "fragment",
  "user-name",
  "scheme",
  "https",
  "private-scheme",
  "loopback",
  "host",
  "trailing-dot",
  "spelling",
  "origin",
] as const;
export type AddressRule = (typeof ADDRESS_RULES)[number];

/** Null: the address may be registered. */
export type Judge = (address: string) => AddressRule | null;

/** Where the installation runs: a development server also takes plain http to `*.localhost` and private networks. */
export interface Surroundings {
  readonly isDevelopment: boolean;
}

/** Judges redirect URIs of a type of application (RFC 9700 section 2.1, RFC 8252 section 7). */
export function redirectJudge(type: ApplicationType, surroundings: Surroundings): Judge {
  return judgeBy(rulesOf(type).redirects === "native" ? nativeRule : webRule(surroundings));
}

/** Judges addresses that Vestibule links to or calls. */
export const webJudge = (surroundings: Surroundings): Judge => judgeBy(webRule(surroundings));

/** Judges origins, from which the scripts of an application call. */
export function originJudge(surroundings: Surroundings): Judge {
  const judge = webJudge(surroundings);
  return (origin) => judge(origin) ?? (normalOrigin(origin) === new URL(origin).origin ? null : "origin");
}

const judgeBy =
  (ofType: (url: URL) => AddressRule | null): Judge =>
  (address) =>
    textRule(address) ??
    urlRule(address, new URL(address)) ??
    ofType(new URL(address)) ??
    spellingRule(address);

function textRule(address: string): AddressRule | null {
  if (hasForeignCharacter(address)) {
    return "characters";
  }
  if (address.includes("*")) {
    return "wildcard";
  }
  return URL.canParse(address) ? null : "incomplete";
}

function urlRule(address: string, url: URL): AddressRule | null {
  if (address.includes("#")) {
    return "fragment";
  }
  if (url.username !== "" || url.password !== "" || /^[a-z]+:\/\/[^/?]*@/i.test(address)) {
    return "user-name";
  }
  if (!isWeb(url)) {
    return null;
  }
  if (!hasPlainHost(url)) {
    return "host";
  }
  return url.hostname.endsWith(".") ? "trailing-dot" : null;
}

/** Other spellings of one address cannot be told from other addresses, so they would never match a request. */
const spellingRule = (address: string): AddressRule | null =>
  normalAddress(address) === null ? "spelling" : null;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

const webRule =
  ({ isDevelopment }: Surroundings) =>
  (url: URL): AddressRule | null => {
    if (!isWeb(url)) {
      return "scheme";
    }
    const isPlainAllowed = LOOPBACK.has(url.hostname) || (isDevelopment && isForDevelopment(url));
    return url.protocol === "https:" || isPlainAllowed ? null : "https";
  };

/** `localhost` is not recommended for native applications (RFC 8252 section 8.3), and used by many, kubelogin for one. */
function nativeRule(url: URL): AddressRule | null {
  if (isWeb(url)) {
    return url.protocol === "https:" || LOOPBACK.has(url.hostname) ? null : "loopback";
  }
  return url.protocol.includes(".") ? null : "private-scheme";
}

const isWeb = ({ protocol }: URL): boolean => protocol === "https:" || protocol === "http:";
