import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";

/** A confirmed authenticator app. */
export interface TotpFactor {
  readonly sealedSecret: Buffer;
  /** The step of the last code that was used; 0 before the first. */
  readonly lastStep: number;
  readonly confirmedAt: Date;
}

const statements = {
  // Another app ends the trust in browsers, which rests on the factor (`factor-store.ts`).
  add: {
    name: "totp_add",
    text: `insert into factors (home, office_id, user_id, kind, sealed_secret, last_step, confirmed_at)
           values ($home, $1, $2, 'totp', $3, $4, $5) on conflict (home, user_id, kind) do nothing
           returning user_id, end_trust($home, user_id)`,
  },
  replace: {
    name: "totp_replace",
    text: `insert into factors (home, office_id, user_id, kind, sealed_secret, last_step, confirmed_at)
           values ($home, $1, $2, 'totp', $3, $4, $5)
           on conflict (home, user_id, kind) do update set sealed_secret = excluded.sealed_secret,
             last_step = excluded.last_step, confirmed_at = excluded.confirmed_at, code_digits = excluded.code_digits
           returning user_id, end_trust($home, user_id)`,
  },
  sealedByOld: {
    name: "totp_sealed_by_old",
    text: `select user_id as id, sealed_secret as sealed from factors
           where home = $home and office_id = $1 and kind = 'totp' and substring(sealed_secret from 1 for 4) <> $2
           order by user_id limit $3`,
  },
  // Only the secret that was read: a factor that was enrolled again in the meantime keeps its new secret.
  replaceSealed: {
    name: "totp_replace_sealed",
    text: `update factors set sealed_secret = $3 where home = $home and user_id = $1 and kind = 'totp' and sealed_secret = $2
           returning user_id`,
  },
} as const satisfies Record<string, Statement>;

/** Authenticator apps: their sealed secrets, and the step of the last code that was used. */
export class TotpStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns false when the user already has an app; `replaces`: it may be replaced, because a recovery code was proved. */
  async add(
    tx: Queryable,
    { id, officeId }: UserRef,
    { sealedSecret, lastStep, confirmedAt, replaces }: TotpFactor & { replaces: boolean },
  ): Promise<boolean> {
    const statement = replaces ? statements.replace : statements.add;
    const values = [officeId, id, sealedSecret, lastStep, confirmedAt];
    return (await tx.query(statement, values)).length === 1;
  }

  /** Secrets of an office that do not begin with `mark`, the prefix of the current data key; at most `limit`. */
  findSealedByOld(officeId: string, mark: Buffer, limit: number): Promise<{ id: string; sealed: Buffer }[]> {
    return this.#database.inOffice(officeId, (tx) =>
      tx.query(statements.sealedByOld, [officeId, mark, limit]),
    );
  }

  /** Only if the secret is unchanged since it was read: one enrolled since then already has the current key. */
  async replaceSealed(
    { id, officeId }: UserRef,
    { before, after }: { before: Buffer; after: Buffer },
  ): Promise<void> {
    await this.#database.inOffice(officeId, (tx) => tx.query(statements.replaceSealed, [id, before, after]));
  }
}
