import { AnnouncedCopies } from "../../platform/database/announced-copies.ts";
import type { Announcements } from "../../platform/database/announcements.ts";
import { announcedOffice } from "./office-announcement.ts";
import type { Office } from "./office.ts";
import type { OfficeStore } from "./office-store.ts";

/** An unknown code is not kept: a stranger could send any number of them. */
const isThere = (found: object | string | null): boolean => found !== null;

/**
 * Offices as pages show them before the user is known: from memory, which announcements keep current. Nothing that an office demands may
 * be decided by them; that is read with the user.
 */
export class ShownOffices {
  readonly #store: OfficeStore;
  readonly #offices: AnnouncedCopies<Office | null>;
  /** By code. An office keeps its code, so no announcement concerns them. */
  readonly #ids: AnnouncedCopies<string | null>;

  constructor(store: OfficeStore, announcements: Announcements) {
    this.#store = store;
    this.#offices = new AnnouncedCopies(announcements, announcedOffice);
    this.#ids = new AnnouncedCopies(announcements, () => null);
  }

  find(id: string): Promise<Office | null> {
    return this.#offices.read(id, () => this.#store.find(id), isThere);
  }

  /** `code` is folded already. */
  async findByCode(code: string): Promise<Office | null> {
    const read = async () => (await this.#store.findByCode(code))?.id ?? null;
    const id = await this.#ids.read(code, read, isThere);
    return id === null ? null : this.find(id);
  }
}
