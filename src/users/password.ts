import * as argon2 from "argon2";
import { PageError } from "../kernel/errors.ts";

/** 19 MiB, two passes, one lane: OWASP's first choice for argon2id. The only file that knows argon2. */
const PARAMETERS = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface PasswordLimits {
  /** Hashes that run at the same time. */
  readonly concurrency: number;
  /** Hashes that may wait; one more is refused. */
  readonly queue: number;
}

/** Hashes and verifies passwords, never more at once than there are threads for. */
export class PasswordHasher {
  readonly #limits: PasswordLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #dummy: Promise<string> | null = null;

  constructor(limits: PasswordLimits) {
    this.#limits = limits;
  }

  /** An argon2id hash in PHC format. Throws PageError "busy" when the queue is full. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => argon2.hash(password.normalize("NFC"), PARAMETERS));
  }

  /** Throws PageError "busy" when the queue is full. */
  verify(hash: string, password: string): Promise<boolean> {
    return this.#inTurn(() => argon2.verify(hash, password.normalize("NFC")));
  }

  /** Makes the stand-in for unknown names, so that the first of them costs no more than the next. */
  async prepare(): Promise<void> {
    this.#dummy ??= argon2.hash("nobody has this password", PARAMETERS);
    await this.#dummy;
  }

  /** Costs what `verify` costs and is never true: for names that do not exist. */
  async verifyNobody(password: string): Promise<false> {
    await this.prepare();
    await this.verify((await this.#dummy) ?? "", password);
    return false;
  }

  /** One slow derivation of something short (a recovery code) with a salt and a pepper; 32 bytes. */
  derive(value: string, salt: Buffer, pepper: Buffer): Promise<Buffer> {
    return this.#inTurn(() => argon2.hash(value, { ...PARAMETERS, salt, secret: pepper, raw: true }));
  }

  /** Whether a hash was made with weaker parameters than today's. */
  isOutdated(hash: string): boolean {
    return argon2.needsRehash(hash, PARAMETERS);
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
