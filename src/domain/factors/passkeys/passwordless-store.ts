import { homeOf } from "../../../kernel/home.ts";
import type { JsonBytes } from "../../../platform/database/json-bytes.ts";
import type { Database, Queryable, Statement } from "../../../platform/database/database.ts";
import type { OfficeLook } from "../../offices/office.ts";
import type { UserRef } from "../../users/user-ref.ts";
import type { ProvedPasskey } from "./webauthn.ts";

/** The user of a passkey, and what its answer is judged by. */
export interface PasskeyUser {
  readonly userId: string;
  readonly publicKey: JsonBytes;
  readonly counter: number;
  /** Null where none was made yet. */
  readonly handle: JsonBytes | null;
  /** The slots of challenges that were used and have not ended. */
  readonly used: readonly JsonBytes[];
  /** Whether user and office are active. */
  readonly isActive: boolean;
  /** Whether the browser is familiar to the account. */
  readonly familiar: boolean;
  readonly look: OfficeLook;
  /** What the journey of a sign-in reads of the user. */
  readonly state: object;
  readonly version: string;
}

/** A right answer that has to be recorded. */
export interface RightAnswer extends ProvedPasskey {
  readonly id: Buffer;
  /** What the challenge is kept under once it is used. */
  readonly slot: Buffer;
  readonly challenge: Buffer;
  readonly endsAt: Date;
  readonly at: Date;
  /** The number of wrong codes that it does not clear any more. */
  readonly frozenFrom: number;
}

const statements = {
  find: { name: "passkey_find_user", text: "select find_passkey_user($1, $2, $3, $4, $5, $6) as found" },
  use: { name: "passkey_use_alone", text: "select use_passkey($home, $1, $2, $3, $4) as used" },
} as const satisfies Record<string, Statement>;

/** A right answer for `use_passkey` of the database. */
export const answerJson = ({
  id,
  slot,
  challenge,
  counter,
  isSynced,
  endsAt,
  frozenFrom,
}: RightAnswer): string =>
  JSON.stringify({
    ...{ id: id.toString("hex"), slot: slot.toString("hex"), challenge: challenge.toString("hex") },
    ...{ counter, isSynced, endsAt, frozenFrom },
  });

/** Passkeys that take the place of the password: whose they are, and that each challenge is good once. */
export class PasswordlessStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null for a passkey that the office does not have, and in an office where the password is always asked for. */
  async find(
    officeId: string,
    {
      id,
      browsers,
      trust,
      at,
    }: { id: Buffer; browsers: readonly Buffer[]; trust: readonly Buffer[]; at: Date },
  ): Promise<PasskeyUser | null> {
    const values = [homeOf(officeId), officeId, id, browsers, trust, at];
    const [row] = await this.#database.query<{ found: PasskeyUser | null }>(statements.find, values);
    return row?.found ?? null;
  }

  /** Returns false, with the transaction to be rolled back, for an answer that was used before. */
  async use(tx: Queryable, { id, officeId }: UserRef, right: RightAnswer): Promise<boolean> {
    const values = [officeId, id, right.at, answerJson(right)];
    const [row] = await tx.query<{ used: boolean }>(statements.use, values);
    return row?.used === true;
  }
}
