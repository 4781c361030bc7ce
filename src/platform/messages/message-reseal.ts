import type { SecretBox } from "../../kernel/secret.ts";
import { resealMessage } from "./message-content.ts";
import type { MessageStore } from "./message-store.ts";

interface Parts {
  readonly store: MessageStore;
  /** Who has messages: at most so many, by their ids. */
  readonly offices: { list(most: number): Promise<readonly { readonly id: string }[]> };
  readonly box: SecretBox;
}

const MOST_OFFICES = 100_000;

/** Brings messages that still wait under the first data key. Each is changed alone, so an interruption loses nothing. */
export class MessageReseal {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers how many were sealed again. `batch`: how many are read at once. */
  async run(batch: number): Promise<number> {
    let resealed = 0;
    for (const officeId of await this.#places()) {
      let found = await this.#runOnce(officeId, batch);
      while (found > 0) {
        resealed += found;
        found = await this.#runOnce(officeId, batch);
      }
    }
    return resealed;
  }

  async isSealedByOld(): Promise<boolean> {
    const { store, box } = this.#parts;
    for (const officeId of await this.#places()) {
      if ((await store.findSealedByOld(officeId, box.mark, 1)).length > 0) {
        return true;
      }
    }
    return false;
  }

  async #runOnce(officeId: string | null, batch: number): Promise<number> {
    const { store, box } = this.#parts;
    const found = await store.findSealedByOld(officeId, box.mark, batch);
    for (const { id, sealed } of found) {
      await store.reseal({ id, officeId }, { before: sealed, after: resealMessage(box, id, sealed) });
    }
    return found.length;
  }

  /** Every office, and what belongs to none. */
  async #places(): Promise<(string | null)[]> {
    return [null, ...(await this.#parts.offices.list(MOST_OFFICES)).map(({ id }) => id)];
  }
}
