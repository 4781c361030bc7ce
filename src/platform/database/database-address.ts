import { userInfo } from "node:os";
import { Secret } from "../../kernel/secret.ts";
import { AddressFault, decoded, oneOf, readParameters, type Parameters } from "./address-parameters.ts";
import { isOnThisMachine, readHosts, type DatabaseHost } from "./database-host.ts";
import { isEncrypted, readTls, type DatabaseTls } from "./database-tls.ts";

/** A parsed PostgreSQL URL. Only this file parses one; decision 0037 lists the differences from libpq. */
export interface DatabaseAddress {
  /** At least one, in the order of trying. */
  readonly hosts: readonly DatabaseHost[];
  readonly user: string;
  /** Null when the server needs none, or PGPASSWORD has it. */
  readonly password: Secret | null;
  readonly database: string;
  readonly tls: DatabaseTls;
  /** Connect timeout for each host, in seconds. */
  readonly connectSeconds: number;
}

const SCHEME = /^postgres(?:ql)?:\/\//;

/** With several hosts the timeout is shorter, because the next host may answer sooner. */
const CONNECT_SECONDS = { one: 5, several: 2 } as const;

/**
 * Parses a connection URI like libpq (PostgreSQL documentation, 32.1.1.2). Throws an AddressFault, which never quotes text that may
 * be part of the password.
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

/** Why an address is invalid; null when it is valid. */
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

/** The hosts that are connected to in clear text over a network. */
export const clearTextHosts = ({ hosts, tls }: DatabaseAddress): readonly DatabaseHost[] =>
  isEncrypted(tls) ? [] : hosts.filter((host) => !isOnThisMachine(host));

/**
 * An @ in any other place comes from a password that was not percent-encoded. Otherwise a part of the password would be taken for a
 * host name and sent to a name server.
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

/** In libpq a parameter overrides the part before the query. Here two values are refused, because they are usually a mistake. */
function readOnce(what: string, part: string, parameter: string | undefined): string | null {
  if (part !== "" && parameter !== undefined) {
    throw new AddressFault(`names ${what} twice, before the ? and behind it`);
  }
  const value = parameter ?? part;
  return value === "" ? null : value;
}

/** Like libpq, the name of the process's account. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a uid without a name.
    throw new AddressFault("names no user", { cause: error });
  }
}

/** Vestibule writes on all connections, so it never connects to a read-only server. */
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
