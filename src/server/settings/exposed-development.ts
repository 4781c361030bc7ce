import type { Given } from "./settings-schema.ts";

interface Shaped {
  readonly production: boolean;
  readonly host: string;
  readonly issuer: string;
  readonly management: { readonly host: string };
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Names that do not exist on the internet (RFC 2606, RFC 6761): only a test has such an issuer. */
const RESERVED = /(^|\.)(example|test|invalid|example\.(com|net|org))$/i;

const OTHERWISE =
  "set NODE_ENV=production, or VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT=yes where only you can reach it";

/** Settings that expose a development server, which shows codes on a page and has demo passwords. Empty in production. */
export function exposedDevelopment(settings: Shaped, { NODE_ENV }: Pick<Given, "NODE_ENV">): string[] {
  if (settings.production) {
    return [];
  }
  const mode = NODE_ENV === "test" ? "test" : "development";
  return [
    ...issuerFaults(settings.issuer, mode),
    ...hostFaults("VESTIBULE_HOST", settings.host, mode),
    ...hostFaults("VESTIBULE_MANAGEMENT_HOST", settings.management.host, mode),
  ];
}

function issuerFaults(issuer: string, mode: "test" | "development"): string[] {
  const { protocol, hostname } = new URL(issuer);
  if (mode === "test" && RESERVED.test(hostname)) {
    return [];
  }
  if (protocol === "https:") {
    return [`VESTIBULE_ISSUER: an https issuer is for production, and this is ${mode}; ${OTHERWISE}`];
  }
  return LOOPBACK.test(hostname)
    ? []
    : [`VESTIBULE_ISSUER: other machines can reach ${hostname}, and this is ${mode}; ${OTHERWISE}`];
}

const hostFaults = (name: string, host: string, mode: string): string[] =>
  LOOPBACK.test(host) ? [] : [`${name}: other machines can reach ${host}, and this is ${mode}; ${OTHERWISE}`];
