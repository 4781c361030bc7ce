import * as argon2 from "argon2";
import { PageError } from "../../kernel/errors.ts";
import { stopwatch } from "../../kernel/clock.ts";
import { randomKey } from "../../kernel/random.ts";
import { Readings, Signal } from "../../kernel/signal.ts";
import { Work } from "../../kernel/work.ts";
import { costOfStored, importedText, isArgon2, verifyImported } from "./imported-hashes/imported-hash.ts";
import type { PasswordCost } from "./password-cost.ts";

/** Argon2id with one lane. The only file that imports argon2. */
const parametersOf = ({ memoryCost, timeCost }: PasswordCost) =>
  ({ type: argon2.argon2id, memoryCost, timeCost, parallelism: 1 }) as const;

/** One hash or comparison, without the time that it waited for its turn. */
export const hashing = new Work<null>();

/** How long a hash waited for its turn; null when the queue was full and it got none. */
export const hashTurn = new Signal<{ readonly waitedMs: number | null }>();

/** Hashes that run and that wait, of each hasher. */
export const hashLoad = new Readings<{ readonly running: number; readonly waiting: number }>();

/** A hash in PHC format that no password has: salt and digest are drawn. */
function madeUpHash({ memoryCost, timeCost }: PasswordCost): string {
  const drawn = (bytes: number) => randomKey(bytes).toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${String(memoryCost)},t=${String(timeCost)},p=1$${drawn(16)}$${drawn(32)}`;
}

export interface PasswordLimits {
  /** Hashes that run at the same time. */
  readonly concurrency: number;
  /** Hashes that may wait; one more is refused. */
  readonly queue: number;
  readonly cost: PasswordCost;
}

/** Hashes and verifies passwords, never more at a time than there are threads for. */
export class PasswordHasher {
  readonly #limits: PasswordLimits;
  readonly #parameters: ReturnType<typeof parametersOf>;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Of no password. Made up, because hashing one at the start would hold its memory from then on. */
  readonly #dummy: string;
  #slowest: string | null = null;

  constructor(limits: PasswordLimits) {
    this.#limits = limits;
    this.#parameters = parametersOf(limits.cost);
    this.#dummy = madeUpHash(limits.cost);
    hashLoad.add(() => ({ running: this.#running, waiting: this.#waiting.length }));
  }

  /** An argon2id hash in PHC format. Throws PageError "busy" when the queue is full. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => argon2.hash(password.normalize("NFC"), this.#parameters));
  }

  /** Throws PageError "busy" when the queue is full. What another system has hashed is compared as it was typed. */
  verify(hash: string, password: string): Promise<boolean> {
    const imported = importedText(hash);
    return this.#inTurn(() => {
      if (imported === null) {
        return argon2.verify(hash, password.normalize("NFC"));
      }
      return isArgon2(imported) ? argon2.verify(imported, password) : verifyImported(imported, password);
    });
  }

  /** The slowest of the imported hashes that are in use, by a hash of no password; null where there are none. */
  levelWith(slowest: string | null): void {
    this.#slowest = slowest;
  }

  /**
   * Call after a comparison that is answered as incorrect. It adds what is missing of one comparison of ours and one with the slowest
   * imported kind, so that the time of the answer does not tell a user from a name that does not exist (docs/decisions/0086).
   * `compared`: the hash; null where there was none.
   */
  async levelOut(compared: string | null, password: string): Promise<void> {
    const slowest = this.#slowest;
    if (slowest === null) {
      return;
    }
    const took = compared === null ? null : costOfStored(compared);
    const isSlowest = took !== null && took.milliseconds >= (costOfStored(slowest)?.milliseconds ?? 0);
    await (isSlowest ? this.verifyDummy(password) : this.verify(slowest, password));
  }

  /** Costs as much as `verify` and is never true: for names that do not exist, so that timing does not reveal them. */
  async verifyDummy(password: string): Promise<false> {
    await this.verify(this.#dummy, password);
    return false;
  }

  /** One slow derivation of a short value (a recovery code) with a salt and a pepper; 32 bytes. */
  derive(value: string, salt: Buffer, pepper: Buffer): Promise<Buffer> {
    return this.#inTurn(() => argon2.hash(value, { ...this.#parameters, salt, secret: pepper, raw: true }));
  }

  /** Whether a hash was made with weaker parameters than the current ones, or by another system. */
  isOutdated(hash: string): boolean {
    return importedText(hash) !== null || argon2.needsRehash(hash, this.#parameters);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const asked = stopwatch();
    await this.#turn();
    hashTurn.emit({ waitedMs: stopwatch() - asked });
    try {
      return await hashing.run(null, work);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= this.#limits.concurrency) {
      if (this.#waiting.length >= this.#limits.queue) {
        hashTurn.emit({ waitedMs: null });
        throw new PageError("busy", { retryAfter: 5 });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}
