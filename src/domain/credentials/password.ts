import * as argon2 from "argon2";
import { PageError } from "../../kernel/errors.ts";
import { randomKey } from "../../kernel/random.ts";
import type { PasswordCost } from "./password-cost.ts";

/** Argon2id with one lane. The only file that imports argon2. */
const parametersOf = ({ memoryCost, timeCost }: PasswordCost) =>
  ({ type: argon2.argon2id, memoryCost, timeCost, parallelism: 1 }) as const;

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

  constructor(limits: PasswordLimits) {
    this.#limits = limits;
    this.#parameters = parametersOf(limits.cost);
    this.#dummy = madeUpHash(limits.cost);
  }

  /** An argon2id hash in PHC format. Throws PageError "busy" when the queue is full. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => argon2.hash(password.normalize("NFC"), this.#parameters));
  }

  /** Throws PageError "busy" when the queue is full. */
  verify(hash: string, password: string): Promise<boolean> {
    return this.#inTurn(() => argon2.verify(hash, password.normalize("NFC")));
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

  /** Whether a hash was made with weaker parameters than the current ones. */
  isOutdated(hash: string): boolean {
    return argon2.needsRehash(hash, this.#parameters);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= this.#limits.concurrency) {
      if (this.#waiting.length >= this.#limits.queue) {
        throw new PageError("busy", { retryAfter: 5 });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}
