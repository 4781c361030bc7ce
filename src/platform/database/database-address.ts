import { userInfo } from "node:os";
import { Secret } from "../../kernel/secret.ts";
import { AddressFault, decoded, oneOf, readParameters, type Parameters } from "./address-parameters.ts";
import { isOnThisMachine, readHosts, type DatabaseHost } from "./database-host.ts";
import { isEncrypted, readTls, type DatabaseTls } from "./database-tls.ts";

/** What a PostgreSQL address says. Nothing else reads one; decision 0037 says where libpq is followed and where not. */
export interface DatabaseAddress {
  /** At least one; the first is tried first. */
  readonly hosts: readonly DatabaseHost[];
  readonly user: string;
  /** Null: the server asks for none, or PGPASSWORD has it. */
  readonly password: Secret | null;
  readonly database: string;
  readonly tls: DatabaseTls;
  /** Time that one host has to answer, in seconds. */
  readonly connectSeconds: number;
}

const SCHEME = /^postgres(?:ql)?:\/\//;

/** One host is waited for; of several, the next may answer sooner than one that is gone. */
const CONNECT_SECONDS = { one: 5, several: 2 } as const;

/**
 * Reads a connection URI as libpq does (PostgreSQL documentation, 32.1.1.2). Throws an AddressFault, which quotes
 * nothing that may be a piece of the password.
 */
export function readDatabaseAddress(url: Secret): DatabaseAddress {
  const text = url.reveal();
  if (!SCHEME.test(text)) {
    throw new AddressFault(
      "must be a PostgreSQL address such as postgres://user:password@host:5432/database",
    );
  }
  const parts = split(text.replace(SCHEME, ""));
  const parameters = readParameters(parts.query);
  const hosts = readHosts(parts.places, parameters);
  refuseOtherTargets(parameters, hosts);
  const user = readOnce("its user", parts.user, parameters.get("user")) ?? accountName();
  const password = readOnce("its password", parts.password, parameters.get("password"));
  return {
    hosts,
    user,
    password: password === null ? null : new Secret(password),
    database: readOnce("its database", parts.path, parameters.get("dbname")) ?? user,
    tls: readTls(parameters),
    connectSeconds: readSeconds(parameters) ?? CONNECT_SECONDS[hosts.length > 1 ? "several" : "one"],
  };
}

/** Why an address cannot be read; null when it can. */
export function addressFault(url: Secret): string | null {
  try {
    readDatabaseAddress(url);
    return null;
  } catch (error) {
    if (error instanceof AddressFault) {
      return error.message;
    }
    throw error;
  }
}

/** The hosts that are spoken to in clear text over a network. */
export const clearTextHosts = ({ hosts, tls }: DatabaseAddress): readonly DatabaseHost[] =>
  isEncrypted(tls) ? [] : hosts.filter((host) => !isOnThisMachine(host));

/**
 * An @ anywhere but before the hosts comes from a password that was not encoded. Read on, a piece of the password
 * would become a host, and travel to a name server.
 */
function split(rest: string) {
  const at = rest.indexOf("@");
  const end = rest.search(/[/?]/);
  if (at !== rest.lastIndexOf("@") || (end !== -1 && at > end)) {
    throw new AddressFault("has an @ in an unexpected place; in a password write % @ / ? as %25 %40 %2F %3F");
  }
  const [user = "", ...password] = at === -1 ? [] : rest.slice(0, at).split(":");
  const [, places = "", path = "", query = ""] =
    /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest.slice(at + 1)) ?? [];
  return { user: decoded(user), password: decoded(password.join(":")), places, path: decoded(path), query };
}

/** libpq lets a parameter replace the part before it; two values are more often a mistake. */
function readOnce(what: string, part: string, parameter: string | undefined): string | null {
  if (part !== "" && parameter !== undefined) {
    throw new AddressFault(`names ${what} twice, before the ? and behind it`);
  }
  const value = parameter ?? part;
  return value === "" ? null : value;
}

/** The account that this process runs under, as libpq has it. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // Containers may run under a number that has no name.
    throw new AddressFault("names no user", { cause: error });
  }
}

/** Vestibule writes with every connection, so a server that takes no writes is never the one that is meant. */
function refuseOtherTargets(parameters: Parameters, hosts: readonly DatabaseHost[]): void {
  const target = oneOf(parameters, "target_session_attrs", ["read-write", "primary", "any"]);
  if (target === "any" && hosts.length > 1) {
    throw new AddressFault(
      "has target_session_attrs=any for several hosts, of which one may be read-only; write read-write",
    );
  }
}

function readSeconds(parameters: Parameters): number | null {
  const text = parameters.get("connect_timeout");
  if (text === undefined) {
    return null;
  }
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 60) {
    throw new AddressFault("has a connect_timeout that is not a number of seconds from 1 to 60");
  }
  return seconds;
}
