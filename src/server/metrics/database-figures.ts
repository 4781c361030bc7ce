import { SUPPORT_OFFICE_CODE } from "../../domain/offices/office.ts";
import type { Lockout } from "../../domain/offices/lockout-store.ts";
import { now, stopwatch } from "../../kernel/clock.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import type { Database, Statement } from "../../platform/database/database.ts";
import { databaseFault, type DatabaseFaultKind } from "../../platform/database/database-fault.ts";
import { requireWritable } from "../../platform/database/writable.ts";
import type { SigningKeyInfo } from "../../protocol/keys/signing-key.ts";
import type { RecentLockouts } from "./recent-lockouts.ts";

/** A number of `installation_figures`. */
export interface Figure {
  readonly figure: "jobs" | "oldest" | "chains" | "head" | "unsealed" | "expired";
  readonly label: string;
  readonly state: string;
  readonly amount: number;
}

/** What the last reading that was answered has found. */
export interface Figures {
  readonly figures: readonly Figure[];
  readonly keys: readonly SigningKeyInfo[];
  /** Null without an office of the platform's staff. */
  readonly support: Lockout | null;
  readonly lockedOutOffices: number;
}

interface Deps {
  readonly database: Database;
  readonly offices: { findByCode(code: string): Promise<{ readonly id: string } | null> };
  readonly lockouts: { of(officeId: string): Promise<Lockout> };
  readonly signingKeys: { list(): Promise<readonly SigningKeyInfo[]> };
  readonly recent: RecentLockouts;
  /** Verifies a part of the audit log, now and then. */
  readonly patrol: { next(): Promise<void> };
}

const READ: Statement = {
  name: "installation_figures",
  text: "select figure, label, state, amount from installation_figures($1)",
};

/** However many scrapes there are. */
const EVERY_MS = 15_000;

/** A scrape waits no longer than this; it then has what was read before. */
const WAIT_MS = 1_000;

/** A count that has reached this says no more than "many". */
const MOST = 10_000;

/** What metrics need of the database. A reading that hangs is waited for once: no other one begins before it has ended. */
export class DatabaseFigures {
  readonly #deps: Deps;
  #reading: Promise<void> | null = null;
  #begun = Number.NEGATIVE_INFINITY;
  #read: { readonly figures: Figures; readonly at: number } | null = null;
  #fault: DatabaseFaultKind | "other" | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Null before the first answer. */
  get latest(): Figures | null {
    return this.#read?.figures ?? null;
  }

  get ageSeconds(): number | null {
    return this.#read === null ? null : (stopwatch() - this.#read.at) / 1_000;
  }

  /** What hinders the database; null while it can be used. One that has not answered yet counts as unreachable. */
  get fault(): DatabaseFaultKind | "other" | null {
    return this.#fault;
  }

  /** Reads the database if the last reading is old enough. Waits a second at most, and never throws. */
  async refresh(): Promise<void> {
    if (this.#reading === null && stopwatch() - this.#begun >= EVERY_MS) {
      this.#begun = stopwatch();
      this.#reading = this.#readAll().finally(() => {
        this.#reading = null;
      });
    }
    if (this.#reading !== null && !(await doneWithin(WAIT_MS, this.#reading))) {
      this.#fault = "unreachable";
    }
  }

  async #readAll(): Promise<void> {
    const { database, offices, lockouts, signingKeys, recent, patrol } = this.#deps;
    try {
      await requireWritable(database);
      this.#fault = null;
      const office = await offices.findByCode(SUPPORT_OFFICE_CODE);
      const figures: Figures = {
        figures: await database.query<Figure>(READ, [MOST]),
        keys: await signingKeys.list(),
        support: office === null ? null : await lockouts.of(office.id),
        lockedOutOffices: await this.#countLockedOut(recent.officesAt(now())),
      };
      this.#read = { figures, at: stopwatch() };
      await patrol.next();
    } catch (error) {
      this.#fault = databaseFault(error)?.kind ?? "other";
    }
  }

  /** A lockout of the only user is an ordinary one. */
  async #countLockedOut(officeIds: readonly string[]): Promise<number> {
    let count = 0;
    for (const id of officeIds) {
      const { active, lockedOut } = await this.#deps.lockouts.of(id);
      count += active >= 2 && lockedOut >= active ? 1 : 0;
    }
    return count;
  }
}
