import type { Queryable, Statement } from "../../platform/database/database.ts";
import { daysAfter } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { UserRef } from "../users/user-ref.ts";

/** A browser to trust. */
export interface NewTrust {
  readonly id: string;
  readonly token: string;
  /** Browser, system and network in plain words, for the owner's list. */
  readonly device: object;
  readonly days: number;
  readonly at: Date;
}

const statements = {
  // Expired rows are deleted when a new one is added.
  add: {
    name: "trusted_browser_add",
    text: `
      with gone as (delete from trusted_browsers where home = $home and user_id = $3 and ends_at <= now())
      insert into trusted_browsers (home, id, office_id, user_id, hash, device, trusted_at, used_at, ends_at)
      values ($home, $1, $2, $3, $4, $5, $6, $6, $7)`,
  },
  end: {
    name: "trusted_browser_end",
    text: "delete from trusted_browsers where home = $home and user_id = $1 and id = $2 returning id",
  },
  endAll: {
    name: "trusted_browser_end_all",
    text: "delete from trusted_browsers where home = $home and user_id = $1 returning id",
  },
} as const satisfies Record<string, Statement>;

/** Browsers in which their owner needs no code. The database function `trusted_browsers_of` decides which of them count. */
export class TrustedBrowserStore {
  readonly #hash: KeyedHash;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  async add(tx: Queryable, { id: userId, officeId }: UserRef, trust: NewTrust): Promise<void> {
    const { id, token, device, at } = trust;
    const [hash] = this.hashes([token]);
    const ends = daysAfter(at, trust.days);
    await tx.query(statements.add, [id, officeId, userId, hash, JSON.stringify(device), at, ends]);
  }

  /** Returns how many rows it ended: none if the browser is another user's. */
  async end(tx: Queryable, personId: string, id: string): Promise<number> {
    return (await tx.query(statements.end, [personId, id])).length;
  }

  async endAll(tx: Queryable, personId: string): Promise<number> {
    return (await tx.query(statements.endAll, [personId])).length;
  }

  /** Tokens as they are stored; a copy of the table holds none that a browser could send. */
  hashes(tokens: readonly string[]): Buffer[] {
    return tokens.map((token) => this.#hash(`trusted browser ${token}`));
  }
}
