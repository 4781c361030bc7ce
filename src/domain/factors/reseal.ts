import type { SecretBox } from "../../kernel/secret.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { resealTotpSecret } from "./totp-secret.ts";
import type { TotpStore } from "./totp-store.ts";

interface Parts {
  readonly totpStore: TotpStore;
  readonly offices: OfficeStore;
  readonly box: SecretBox;
}

const MOST_OFFICES = 100_000;

/** Brings stored app secrets under the first data key. Each is changed alone, so an interruption loses nothing. */
export class FactorReseal {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers how many were sealed again. `batch`: how many are read at once. */
  async run(batch: number): Promise<number> {
    let resealed = 0;
    for (const officeId of await this.#officeIds()) {
      let found = await this.#runOnce(officeId, batch);
      while (found > 0) {
        resealed += found;
        found = await this.#runOnce(officeId, batch);
      }
    }
    return resealed;
  }

  async isSealedByOld(): Promise<boolean> {
    const { totpStore, box } = this.#parts;
    for (const officeId of await this.#officeIds()) {
      if ((await totpStore.findSealedByOld(officeId, box.mark, 1)).length > 0) {
        return true;
      }
    }
    return false;
  }

  async #runOnce(officeId: string, batch: number): Promise<number> {
    const { totpStore, box } = this.#parts;
    const found = await totpStore.findSealedByOld(officeId, box.mark, batch);
    for (const { userId, sealed } of found) {
      const owner = { id: userId, officeId };
      await totpStore.reseal(owner, sealed, resealTotpSecret(box, owner, sealed));
    }
    return found.length;
  }

  async #officeIds(): Promise<string[]> {
    return (await this.#parts.offices.list(MOST_OFFICES)).map(({ id }) => id);
  }
}
