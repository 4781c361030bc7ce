import type { Stage } from "./stage.ts";

/** What is tried with each client, in this order. */
export const COLUMNS = ["sign-in", "claims", "refresh", "sign-out", "back-channel"] as const;
export type Column = (typeof COLUMNS)[number];

/** A client of another ecosystem, and the small application below this folder that it runs in. */
export interface Client {
  readonly name: string;
  /** What is pinned; the table shows it. */
  readonly version: string;
  /** What the client can do at all; the other columns have a dash. */
  readonly columns: readonly Column[];
  /** Settings of the client that differ from its defaults, or of the registration; one line for the table. */
  readonly switches: string;
  /** Some clients refuse an issuer without TLS; that of `npm start` is http. */
  readonly needsHttps?: boolean;
  /** Installs it from its registry. Throws Unavailable where it cannot be had. */
  readonly prepare: () => Promise<void>;
  /** Runs the application and calls `stage.check` for each column. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** Why a client cannot be run on this machine. */
export class Unavailable extends Error {}
