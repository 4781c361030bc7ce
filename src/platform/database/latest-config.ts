import type { ClientConfig } from "pg";
import type { Log } from "../../kernel/log.ts";
import { connectionConfig, type ConnectionOptions } from "./connection.ts";
import { hostName, type DatabaseHost } from "./database-host.ts";

export type ConfigFor = (place: DatabaseHost) => ClientConfig;

/**
 * Reads certificate files for each connection, because they are renewed while the server runs. While a file is missing, uses its
 * previous content: the pool does not catch an error thrown here, and the process would end.
 */
export function latestConfig(options: ConnectionOptions & { readonly log: Log }): ConfigFor {
  const known = new Map<string, ClientConfig>();
  return (place) => {
    const name = hostName(place);
    try {
      const config = connectionConfig(options, place);
      known.set(name, config);
      return config;
    } catch (error) {
      const before = known.get(name);
      if (before === undefined) {
        throw error;
      }
      options.log.warn(
        { error },
        "a file of the database's address cannot be read; what it held before is used",
      );
      return before;
    }
  };
}
