import { TLSSocket } from "node:tls";
import type { Client } from "pg";
import type { Secret } from "../../kernel/secret.ts";
import { PLAIN, withConnection } from "./connection.ts";
import { readDatabaseAddress } from "./database-address.ts";
import { databaseFaultAtStart } from "./database-fault.ts";
import { hostName, isOnThisMachine, type DatabaseHost } from "./database-host.ts";
import { verifiedOf } from "./database-tls.ts";
import { keepsSessions } from "./session-check.ts";

/** Facts about one host of an address, for the command `doctor`. */
export interface HostFacts {
  readonly host: string;
  /** Null when the host can be used. Continues a sentence after the host's name. */
  readonly fault: string | null;
  /** Null when the host cannot be used. */
  readonly connection: ConnectionFacts | null;
}

export interface ConnectionFacts {
  readonly takesWrites: boolean;
  readonly keepsSessions: boolean;
  /** Whether the connection stays on this machine. */
  readonly isOnThisMachine: boolean;
  /** The TLS version, such as "TLSv1.3"; null for clear text. */
  readonly tls: string | null;
  /** How the server's certificate is verified. */
  readonly verified: "nothing" | "authority" | "host";
  /** PostgreSQL receives clear text over a network, for example from a pooler that accepts TLS from us. */
  readonly arrivesInClearText: boolean;
}

/** Inspects all hosts of an address, including those for a failover. */
export const inspectHosts = (url: Secret): Promise<HostFacts[]> =>
  Promise.all(readDatabaseAddress(url).hosts.map((host) => inspectHost(url, host)));

async function inspectHost(url: Secret, place: DatabaseHost): Promise<HostFacts> {
  const host = hostName(place);
  try {
    const session = { ...PLAIN, statementMs: 5_000 };
    const seen = await withConnection(
      { url, host: place, name: "vestibule doctor", session },
      inspectConnection,
    );
    const { tls } = readDatabaseAddress(url);
    return {
      host,
      fault: null,
      connection: {
        ...seen,
        verified: seen.tls === null ? "nothing" : verifiedOf(tls),
        isOnThisMachine: isOnThisMachine(place),
        keepsSessions: await keepsSessions({ url, host: place }),
      },
    };
  } catch (error) {
    const fault = databaseFaultAtStart(error);
    if (fault === null) {
      throw error;
    }
    return { host, fault: fault.text, connection: null };
  }
}

/** A pooler may use TLS on one side only, so the query asks PostgreSQL and the socket is checked here. */
const LOOK = `
  select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as is_read_only,
    not ssl and not coalesce(inet_client_addr() <<= any('{127.0.0.0/8,::1}'::inet[]), true) as arrives_in_clear_text
  from pg_stat_ssl where pid = pg_backend_pid()`;

async function inspectConnection(client: Client) {
  const { rows } = await client.query<{ is_read_only: boolean; arrives_in_clear_text: boolean }>(LOOK);
  const { stream } = client.connection;
  return {
    takesWrites: rows[0]?.is_read_only === false,
    arrivesInClearText: rows[0]?.arrives_in_clear_text === true,
    tls: stream instanceof TLSSocket ? stream.getProtocol() : null,
  };
}
