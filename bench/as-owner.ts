import type { Client } from "pg";
import { PLAIN, withConnection } from "../src/platform/database/connection.ts";
import { Secret } from "../src/kernel/secret.ts";

/** Runs statements as the role that owns the tables. */
export const asOwner = <T>(ownerUrl: string, work: (owner: Client) => Promise<T>): Promise<T> =>
  withConnection({ url: new Secret(ownerUrl), name: "vestibule bench", session: PLAIN }, work);
