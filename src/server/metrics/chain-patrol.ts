import { stopwatch } from "../../kernel/clock.ts";
import { HOMES } from "../../kernel/home.ts";

interface Deps {
  readonly chains: { verifyEnd(officeId: string | null, count: number): Promise<boolean> };
  readonly offices: { list(limit: number): Promise<readonly { readonly id: string }[]> };
}

const EVERY_MS = 60_000;

/** What is verified each time: as much as a busy office writes in a few minutes. */
const SEALS = 200;

/** Verifies the end of each chain of the audit log in turn, the one of no office first. */
export class ChainPatrol {
  readonly #deps: Deps;
  #last = Number.NEGATIVE_INFINITY;
  #waiting: (string | null)[] = [];

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async next(): Promise<void> {
    if (stopwatch() - this.#last < EVERY_MS) {
      return;
    }
    this.#last = stopwatch();
    if (this.#waiting.length === 0) {
      const offices = await this.#deps.offices.list(HOMES);
      this.#waiting = [null, ...offices.map(({ id }) => id)];
    }
    const [chain = null] = this.#waiting.splice(0, 1);
    await this.#deps.chains.verifyEnd(chain, SEALS);
  }
}
