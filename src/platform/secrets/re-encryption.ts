import type { SecretBox } from "../../kernel/secret.ts";

/** Sealed values of one kind. A place is an office, or null for values of no office. */
export interface SealedValues<Place extends string | null> {
  readonly box: SecretBox;
  places(): Promise<readonly Place[]>;
  /** Values that do not start with `mark`, the fingerprint of the current data key; at most `limit`. */
  find(
    place: Place,
    mark: Buffer,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly sealed: Buffer }[]>;
  /** Replaces a value only if it is unchanged since it was read: a newer one already has the current key. */
  replace(place: Place, id: string, change: { before: Buffer; after: Buffer }): Promise<void>;
  /** The context that the value is sealed with. */
  contextOf(place: Place, id: string): string;
}

/** Encrypts stored values again with the current data key. Each is replaced on its own, so an interruption loses nothing. */
export class ReEncryption<Place extends string | null> {
  readonly #values: SealedValues<Place>;

  constructor(values: SealedValues<Place>) {
    this.#values = values;
  }

  /** Returns how many values it encrypted. `batch`: how many it reads at a time. */
  async run(batch: number): Promise<number> {
    let all = 0;
    for (const place of await this.#values.places()) {
      let found = await this.#runOnce(place, batch);
      while (found > 0) {
        all += found;
        found = await this.#runOnce(place, batch);
      }
    }
    return all;
  }

  /** Whether any value still needs an older key. */
  async isNeeded(): Promise<boolean> {
    for (const place of await this.#values.places()) {
      if ((await this.#values.find(place, this.#values.box.mark, 1)).length > 0) {
        return true;
      }
    }
    return false;
  }

  async #runOnce(place: Place, batch: number): Promise<number> {
    const { box } = this.#values;
    const found = await this.#values.find(place, box.mark, batch);
    for (const { id, sealed: before } of found) {
      const after = box.reEncrypt(before, this.#values.contextOf(place, id));
      await this.#values.replace(place, id, { before, after });
    }
    return found.length;
  }
}

const MAX_OFFICES = 100_000;

/** The offices, all of which may have sealed values. */
export interface OfficeList {
  list(most: number): Promise<readonly { readonly id: string }[]>;
}

export const idsOf = async (offices: OfficeList): Promise<string[]> =>
  (await offices.list(MAX_OFFICES)).map(({ id }) => id);

/** A store of sealed values that belong to an office each, or to none. */
interface SealedStore {
  findSealedByOld: SealedValues<string | null>["find"];
  replaceSealed(
    value: { readonly id: string; readonly officeId: string | null },
    change: { before: Buffer; after: Buffer },
  ): Promise<void>;
}

/** Re-encrypts what is stored of all offices and of none with the current data key. */
export const reEncryptionOf = (
  { box, offices }: { readonly box: SecretBox; readonly offices: OfficeList },
  store: SealedStore,
  contextOf: (id: string) => string,
): ReEncryption<string | null> =>
  new ReEncryption({
    box,
    places: async () => [null, ...(await idsOf(offices))],
    find: (officeId, mark, limit) => store.findSealedByOld(officeId, mark, limit),
    replace: (officeId, id, change) => store.replaceSealed({ id, officeId }, change),
    contextOf: (_, id) => contextOf(id),
  });
