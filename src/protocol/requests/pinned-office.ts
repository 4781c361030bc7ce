import type { Client } from "oidc-provider";

/** The only office whose people an application is for; null: it is for everybody's. */
export function pinnedOffice(client: Client | undefined): string | null {
  const pinned = client?.["urn:vestibule:office_id"];
  return typeof pinned === "string" && pinned !== "" ? pinned : null;
}
