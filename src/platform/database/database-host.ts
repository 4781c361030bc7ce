import { isIP, isIPv4 } from "node:net";
import { AddressFault, decoded, type Parameters } from "./address-parameters.ts";

/** A host where PostgreSQL may listen. */
export interface DatabaseHost {
  /** A name, an IP address without brackets, or the directory of a Unix socket, which starts with a slash. */
  readonly host: string;
  readonly port: number;
}

const PORT = 5432;

/**
 * The hosts of an address in their order, from before the path or from the parameters. The AddressFault does not quote them: in a
 * mistyped address a part of the password may look like a host or port.
 */
export function readHosts(places: string, parameters: Parameters): readonly DatabaseHost[] {
  const named = parameters.get("host");
  if (places !== "" && named !== undefined) {
    throw new AddressFault("names its hosts twice, before the path and in the parameter host");
  }
  if (places === "" && named === undefined) {
    throw new AddressFault("names no host; write localhost, or ?host= and the directory of a Unix socket");
  }
  const hosts = named === undefined ? places.split(",").map(readPlace) : named.split(",").map(withoutPort);
  return withPorts(hosts, parameters.get("port"));
}

interface Place {
  readonly host: string;
  readonly port: number | null;
}

/** `name`, `name:port`, `[IPv6]:port`, or the percent-encoded directory of a Unix socket. */
function readPlace(text: string): Place {
  const [, bracketed, name, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(text) ?? [];
  const isReadable = bracketed === undefined ? name !== undefined : isIP(bracketed) === 6;
  if (!isReadable || port?.includes(":") === true) {
    throw new AddressFault("has a host that cannot be read; an IPv6 address is written in brackets");
  }
  return {
    host: readHost(decoded(bracketed ?? name ?? "")),
    port: port === undefined || port === "" ? null : readPort(port),
  };
}

const withoutPort = (host: string): Place => ({ host: readHost(host), port: null });

function readHost(host: string): string {
  if (host === "") {
    throw new AddressFault("has an empty host in its list");
  }
  if (!host.startsWith("/") && !/^[\p{L}\p{N}._:%-]+$/u.test(host)) {
    throw new AddressFault("has a host with a character that no host has");
  }
  return host;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new AddressFault("has a port that is not a number from 1 to 65535");
  }
  return port;
}

/** The parameter `port` has one value for all hosts, or one for each. */
function withPorts(places: readonly Place[], parameter: string | undefined): readonly DatabaseHost[] {
  const ports = parameter?.split(",").map(readPort) ?? [];
  if (ports.length > 0 && places.some(({ port }) => port !== null)) {
    throw new AddressFault("names its ports twice, beside the hosts and in the parameter port");
  }
  if (ports.length > 1 && ports.length !== places.length) {
    throw new AddressFault(`has ${String(ports.length)} ports for ${String(places.length)} hosts`);
  }
  return places.map(({ host, port }, index) => ({ host, port: port ?? ports[index] ?? ports[0] ?? PORT }));
}

export const isSocket = ({ host }: DatabaseHost): boolean => host.startsWith("/");

/** Whether the connection stays on this machine. */
export const isOnThisMachine = (place: DatabaseHost): boolean =>
  isSocket(place) ||
  place.host.toLowerCase() === "localhost" ||
  place.host === "::1" ||
  (isIPv4(place.host) && place.host.startsWith("127."));

/** In the notation of operators. */
export const hostName = ({ host, port }: DatabaseHost): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
