import { readFileSync } from "node:fs";
import { getCACertificates, type ConnectionOptions } from "node:tls";
import { OperatorError } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import { AddressFault, oneOf, type Parameters } from "./address-parameters.ts";
import { isSocket, type DatabaseHost } from "./database-host.ts";

/** The TLS settings of an address, with libpq's terms (PostgreSQL documentation, 32.19). */
export interface DatabaseTls {
  readonly mode: TlsMode;
  /** File of trusted CAs, or `system` for the machine's; null when nothing is verified. */
  readonly authorities: string | null;
  /** Files of the client certificate and its key. */
  readonly certificate: { readonly file: string; readonly keyFile: string } | null;
  readonly keyPassword: Secret | null;
  /** Whether TLS starts without PostgreSQL's SSLRequest before it (17 and newer). */
  readonly isDirect: boolean;
}

/** `unsaid`: clear text by default, because the address has no sslmode. */
type TlsMode = "unsaid" | (typeof MODES)[number];

const MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
const FALLS_BACK = ["allow", "prefer"];

/** Reads the TLS settings. Throws an AddressFault for settings that contradict each other or give no protection. */
export function readTls(parameters: Parameters): DatabaseTls {
  const authorities = parameters.get("sslrootcert") ?? null;
  const mode = readMode(parameters, authorities);
  const isDirect = oneOf(parameters, "sslnegotiation", ["postgres", "direct"]) === "direct";
  const tls = {
    mode,
    authorities,
    certificate: readCertificate(parameters),
    keyPassword: secretOf(parameters.get("sslpassword")),
    isDirect,
  };
  if (!isEncrypted(tls) && (tls.certificate !== null || authorities !== null || isDirect)) {
    throw new AddressFault("has parameters of TLS without TLS; write sslmode=verify-full");
  }
  return tls;
}

function readMode(parameters: Parameters, authorities: string | null): TlsMode {
  const given = parameters.get("sslmode");
  if (given !== undefined && FALLS_BACK.includes(given)) {
    throw new AddressFault(
      `has sslmode=${given}, which gives way to clear text; write verify-full, verify-ca, require or disable`,
    );
  }
  const mode = oneOf(parameters, "sslmode", MODES);
  if (authorities === "system" && mode !== null && mode !== "verify-full") {
    throw new AddressFault(`has sslrootcert=system with sslmode=${mode}; it is safe with verify-full only`);
  }
  if (mode?.startsWith("verify-") === true && authorities === null) {
    throw new AddressFault(
      `has sslmode=${mode} without sslrootcert; name the authority's file, or write sslrootcert=system`,
    );
  }
  return mode ?? (authorities === "system" ? "verify-full" : "unsaid");
}

function readCertificate(parameters: Parameters): DatabaseTls["certificate"] {
  const file = parameters.get("sslcert");
  const keyFile = parameters.get("sslkey");
  if (file === undefined && keyFile === undefined) {
    return null;
  }
  if (file === undefined || keyFile === undefined) {
    throw new AddressFault("has only one of sslcert and sslkey; a certificate needs its key");
  }
  return { file, keyFile };
}

const secretOf = (value: string | undefined) => (value === undefined ? null : new Secret(value));

export const isEncrypted = ({ mode }: DatabaseTls): boolean => mode !== "unsaid" && mode !== "disable";

/** How the server's certificate is verified: not at all, its CA, or its CA and host name. */
export function verifiedOf({ mode, authorities }: DatabaseTls): "nothing" | "authority" | "host" {
  switch (mode) {
    case "unsaid":
    case "disable":
      return "nothing";
    case "require":
      // As in libpq, for compatibility with versions before verify-ca.
      return authorities === null ? "nothing" : "authority";
    case "verify-ca":
      return "authority";
    case "verify-full":
      return "host";
  }
}

/**
 * node-postgres' TLS options for a host. Reads the files each time, because certificates are renewed while a server runs. Throws an
 * OperatorError for an unreadable file. Like libpq, uses no TLS on a Unix socket.
 */
export function tlsOptions(tls: DatabaseTls, host: DatabaseHost): ConnectionOptions | false {
  if (isSocket(host) || !isEncrypted(tls)) {
    return false;
  }
  const verified = verifiedOf(tls);
  return {
    rejectUnauthorized: verified !== "nothing",
    ...(verified === "authority" ? { checkServerIdentity: () => undefined } : {}),
    ...(tls.authorities === null ? {} : { ca: authoritiesOf(tls.authorities) }),
    ...(tls.certificate === null
      ? {}
      : { cert: read("sslcert", tls.certificate.file), key: read("sslkey", tls.certificate.keyFile) }),
    ...(tls.keyPassword === null ? {} : { passphrase: tls.keyPassword.reveal() }),
  };
}

const authoritiesOf = (authorities: string): string | string[] =>
  authorities === "system" ? getCACertificates("system") : read("sslrootcert", authorities);

function read(parameter: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OperatorError(`The file ${file} (${parameter} of the database's address) cannot be read.`, {
      cause: error,
    });
  }
}
