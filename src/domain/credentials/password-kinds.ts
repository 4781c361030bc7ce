import { now } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { repeat, type Repeated } from "../../kernel/repeat.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { idsOf, type OfficeList } from "../../platform/secrets/re-encryption.ts";
import type { PasswordHasher } from "./password.ts";
import type { PasswordKind, PasswordKindStore } from "./password-kind-store.ts";

interface Deps {
  readonly store: PasswordKindStore;
  readonly offices: OfficeList;
  readonly hasher: Pick<PasswordHasher, "levelWith">;
  readonly log: Log;
}

const EVERY_MS = 60_000;
/** The users of all offices are looked at twice a day. */
const ROUNDS = 720;

/**
 * Tells the hasher of this process which is the slowest kind of imported hashes that is in use. The installation has one answer: it is
 * that of an office that does not exist, too, so one of each office would tell which codes are offices.
 */
export class PasswordKinds {
  readonly #deps: Deps;
  #rounds: Repeated | null = null;
  #round = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In the transaction of an import. */
  add(tx: Queryable, kind: PasswordKind): Promise<void> {
    return this.#deps.store.add(tx, kind, now());
  }

  /** Call before the first sign-in, and after an import. */
  async read(): Promise<void> {
    const slowest = await this.#deps.store.findSlowest();
    this.#deps.hasher.levelWith(slowest?.dummy ?? null);
  }

  /** Forgets the kinds whose last user has signed in, or was deleted. */
  async forgetUnused(): Promise<void> {
    const { store, offices } = this.#deps;
    const began = now();
    let unused = await store.list();
    for (const id of unused.length === 0 ? [] : await idsOf(offices)) {
      const used = new Set(await store.inUse(id, unused));
      unused = unused.filter((kind) => !used.has(kind));
      if (unused.length === 0) {
        break;
      }
    }
    if (unused.length > 0) {
      await store.remove(unused, began);
      await this.read();
    }
  }

  /** Imports of other processes are known within a minute. */
  start(): void {
    this.#rounds = repeat(EVERY_MS, () => this.#next(), this.#failed);
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
  }

  async #next(): Promise<void> {
    await this.read();
    if (this.#round % ROUNDS === 0) {
      await this.forgetUnused();
    }
    this.#round += 1;
  }

  readonly #failed = (error: unknown): void => {
    this.#deps.log.warn(
      { error },
      "the kinds of imported passwords could not be read and will be tried again",
    );
  };
}
