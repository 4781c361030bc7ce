import type { Client } from "oidc-provider";

/** The only office whose users may use an application; null: users of every office may. */
export function pinnedOffice(client: Client | undefined): string | null {
  const pinned = client?.["urn:vestibule:office_id"];
  return typeof pinned === "string" && pinned !== "" ? pinned : null;
}
