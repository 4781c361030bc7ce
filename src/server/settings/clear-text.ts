import { clearTextHosts, readDatabaseAddress } from "../../platform/database/database-address.ts";
import { hostName } from "../../platform/database/database-host.ts";
import type { Secret } from "../../kernel/secret.ts";

interface Addresses {
  readonly url: Secret | null;
  readonly ownerUrl: Secret | null;
}

/** An eavesdropper on the way to the database could read personal data and the hashes of all credentials. */
export function clearTextFaults({ url, ownerUrl }: Addresses): string[] {
  const addresses = { DATABASE_URL: url, VESTIBULE_DATABASE_OWNER_URL: ownerUrl };
  return Object.entries(addresses).flatMap(([name, address]) => {
    const hosts = address === null ? [] : clearTextHosts(readDatabaseAddress(address)).map(hostName);
    return hosts.length === 0
      ? []
      : [
          `${name}: speaks to ${hosts.join(", ")} in clear text; write sslmode=verify-full, or VESTIBULE_DATABASE_CLEAR_TEXT=yes where that network is used for nothing else`,
        ];
  });
}
