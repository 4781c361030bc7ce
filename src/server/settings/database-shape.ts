import type { Secret } from "../../kernel/secret.ts";
import type { Given } from "./settings-schema.ts";

interface DatabaseSettings {
  readonly url: Secret | null;
  readonly ownerUrl: Secret | null;
  readonly poolSize: number;
}

/** Where the database is, for the server and for its owner. */
export function shapeDatabase(given: Given): DatabaseSettings {
  return {
    url: given.DATABASE_URL ?? null,
    ownerUrl: given.VESTIBULE_DATABASE_OWNER_URL ?? null,
    poolSize: given.VESTIBULE_DATABASE_POOL,
  };
}
