import { stopwatch } from "../../kernel/clock.ts";
import type { Database, Queryable, Statement } from "./database.ts";
import type { Listening } from "./listening.ts";

/** On which every server process hears what was changed. */
export const CHANGES_CHANNEL = "vestibule_changes";

/**
 * How long copies are used after they were last confirmed: a little longer than the listening connection's heartbeat.
 * This bounds how long a previous secret stays valid in a process that has lost its database without noticing.
 */
export const CONFIRMED_MS = 20_000;

const statements = {
  announce: { name: "announce", text: "select pg_notify($1, $2)" },
} as const satisfies Record<string, Statement>;

/**
 * Announces a change when the transaction commits. A statement of its own, because a database that is spread over machines would make one
 * inside the change on the machine of the row, where no server listens.
 */
export async function announce(tx: Queryable, what: string): Promise<void> {
  await tx.query(statements.announce, [CHANGES_CHANNEL, what]);
}

/** Follows what is announced: what was changed, in the words of its kind. */
interface Hearer {
  heard(what: string): void;
  /** This process announces it itself, in a transaction that may be rolled back. */
  expect?(what: string): void;
  /** Announcements may have been missed. */
  forgetAll(): void;
}

/** What was changed, as every server process hears it from PostgreSQL. `announced-copies.ts` keeps what was read until then. */
export class Announcements {
  readonly #database: Pick<Database, "listen">;
  readonly #hearers: Hearer[] = [];
  #listening: Listening | null = null;
  /** Incremented by each announcement, so that a row read before one is not kept after it. */
  #generation = 0;

  constructor(database: Pick<Database, "listen">) {
    this.#database = database;
  }

  /** Until then nothing is heard, and no copies are used. */
  async listen(): Promise<void> {
    const forgetAll = () => {
      this.#generation += 1;
      this.#hearers.forEach((hearer) => {
        hearer.forgetAll();
      });
    };
    this.#listening = await this.#database.listen(CHANGES_CHANNEL, {
      connected: forgetAll,
      disconnected: forgetAll,
      notified: (what) => {
        this.#generation += 1;
        this.#hearers.forEach((hearer) => {
          hearer.heard(what);
        });
      },
    });
  }

  /** The same as the function; what this process keeps of it is not used until it is heard. */
  async announce(tx: Queryable, what: string): Promise<void> {
    this.#hearers.forEach((hearer) => hearer.expect?.(what));
    await announce(tx, what);
  }

  follow(hearer: Hearer): void {
    this.#hearers.push(hearer);
  }

  /** The generation of what is read now; null while copies are not used. */
  generation(): number | null {
    const confirmedAt = this.#listening?.confirmedAt() ?? null;
    return confirmedAt !== null && stopwatch() - confirmedAt <= CONFIRMED_MS ? this.#generation : null;
  }
}
