import { homeOf } from "../../../kernel/home.ts";
import { bytesOf, type JsonBytes } from "../../../platform/database/json-bytes.ts";
import type { Database, Queryable, Statement } from "../../../platform/database/database.ts";
import type { UserRef } from "../../users/user-ref.ts";
import type { PasskeyPurpose, PasskeyView } from "./passkey.ts";
import type { Transport } from "./browser-answers.ts";
import type { NewPasskey } from "./webauthn.ts";

/** What a page needs to ask for a passkey, or to make one. */
export interface OpenChallenge {
  readonly challenge: Buffer;
  readonly endsAt: Date;
  /** The user handle; null before the first set-up. */
  readonly handle: Buffer | null;
  readonly passkeys: readonly { readonly id: Buffer; readonly transports: readonly Transport[] }[];
  /** Names of the models of which a new passkey may be; null: of any, and where none is set up. */
  readonly models: readonly string[] | null;
}

/** The same as `open_passkey_challenge` of the database returns it. */
export interface OpenJson {
  readonly challenge: JsonBytes;
  readonly endsAt: string;
  readonly handle: JsonBytes | null;
  readonly passkeys: readonly { readonly id: JsonBytes; readonly transports: readonly Transport[] }[];
  readonly models: readonly string[] | null;
}

/** A challenge that is used where there is none with enough time left. */
interface FreshChallenge {
  readonly purpose: PasskeyPurpose;
  readonly slot: Buffer;
  readonly challenge: Buffer;
  readonly handle: Buffer;
  readonly at: Date;
  readonly endsAt: Date;
  readonly keptUntil: Date;
}

/** The passkeys of a user as JSON, the newest last. `user`: the id in a statement, such as `$2`. */
export const passkeysJson = (user: string): string => `coalesce((select json_agg(json_build_object('id',
    translate(encode(k.id, 'base64'), '+/=' || chr(10), '-_'), 'name', k.name, 'aaguid', k.aaguid,
    'since', extract(epoch from k.added_at)::float8, 'usedAt', extract(epoch from k.used_at)::float8) order by k.added_at)
  from passkeys k where k.home = $home and k.user_id = ${user}), '[]')`;

const statements = {
  open: {
    name: "passkey_open_challenge",
    text: "select open_passkey_challenge($1, $2, $3, $4, $5, $6, $7) as answer",
  },
  // Nothing where another user, or this one, has the same passkey already.
  add: {
    name: "passkey_add",
    text: `with added as (
             insert into passkeys (home, office_id, user_id, id, public_key, counter, is_synced, transports, aaguid, added_at)
             select $home, $1, $2, $3, $4, $5, $6, $7, $8, $9
             where (select count(*) from passkeys where home = $home and user_id = $2) < $10
             on conflict do nothing returning user_id)
           insert into factors (home, office_id, user_id, kind, confirmed_at)
             select $home, $1, user_id, 'passkey', $9 from added
           on conflict (home, user_id, kind) do update set confirmed_at = factors.confirmed_at
           returning end_trust($home, user_id)`,
  },
  list: { name: "passkey_list", text: `select ${passkeysJson("$2")} as passkeys where $1::uuid is not null` },
  rename: {
    name: "passkey_rename",
    text: `update passkeys set name = $4
           where home = $home and office_id = $1 and user_id = $2 and id = $3 and name is distinct from $4 returning user_id`,
  },
  remove: {
    name: "passkey_remove",
    text: `delete from passkeys where home = $home and office_id = $1 and user_id = $2 and id = $3
           returning aaguid, name, end_trust($home, user_id)`,
  },
  removeAll: {
    name: "passkey_remove_all",
    text: `with asked as (delete from passkey_challenges where home = $home and user_id = $2)
           delete from passkeys where home = $home and office_id = $1 and user_id = $2 returning id`,
  },
  count: {
    name: "passkey_count",
    text: "select count(*)::integer as number from passkeys where home = $home and office_id = $1 and user_id = $2",
  },
} as const satisfies Record<string, Statement>;

export const openChallengeOf = ({
  challenge,
  endsAt,
  handle,
  passkeys,
  models,
}: OpenJson): OpenChallenge => ({
  models,
  challenge: bytesOf(challenge),
  endsAt: new Date(endsAt),
  handle: handle === null ? null : bytesOf(handle),
  passkeys: passkeys.map((known) => ({ ...known, id: bytesOf(known.id) })),
});

/** A challenge as `open_passkey_challenge` reads it, where there is none yet. */
export const freshJson = ({
  challenge,
  handle,
  endsAt,
  keptUntil,
}: Omit<FreshChallenge, "purpose" | "slot" | "at">): string =>
  JSON.stringify({ challenge: challenge.toString("hex"), handle: handle.toString("hex"), endsAt, keptUntil });

/** Passkeys, their challenges, and the user handles. The factor `passkey` is there exactly while a user has one. */
export class PasskeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The challenge of a page, made where there is none that lasts long enough. */
  async open({ id, officeId }: UserRef, fresh: FreshChallenge): Promise<OpenChallenge> {
    const { purpose, slot, at } = fresh;
    const values = [homeOf(officeId), officeId, id, purpose, slot, at, freshJson(fresh)];
    const [row] = await this.#database.query<{ answer: OpenJson }>(statements.open, values);
    if (row === undefined) {
      throw new Error("A challenge was not stored.");
    }
    return openChallengeOf(row.answer);
  }

  /** Returns false when there are `most` already, or the same one. Ends the trust in browsers, as every new factor does. */
  async add(
    tx: Queryable,
    { id: userId, officeId }: UserRef,
    { passkey, at, most }: { passkey: NewPasskey; at: Date; most: number },
  ): Promise<boolean> {
    const { id, publicKey, counter, isSynced, transports, aaguid } = passkey;
    const values = [officeId, userId, id, publicKey, counter, isSynced, transports, aaguid, at, most];
    return (await tx.query(statements.add, values)).length === 1;
  }

  async list(tx: Queryable, { id, officeId }: UserRef): Promise<readonly PasskeyView[]> {
    const [row] = await tx.query<{ passkeys: PasskeyView[] }>(statements.list, [officeId, id]);
    return row?.passkeys ?? [];
  }

  /** Returns false for one that the user does not have, and for one that has this name. */
  async rename(
    tx: Queryable,
    { id, officeId }: UserRef,
    { passkey, name }: { passkey: Buffer; name: string },
  ): Promise<boolean> {
    return (await tx.query(statements.rename, [officeId, id, passkey, name])).length === 1;
  }

  /** Null for one that the user does not have. The caller removes the factor with the last one. */
  async remove(
    tx: Queryable,
    { id, officeId }: UserRef,
    passkey: Buffer,
  ): Promise<{ readonly name: string | null; readonly aaguid: string } | null> {
    type Removed = { readonly name: string | null; readonly aaguid: string };
    return (await tx.query<Removed>(statements.remove, [officeId, id, passkey]))[0] ?? null;
  }

  async count(tx: Queryable, { id, officeId }: UserRef): Promise<number> {
    return (await tx.query<{ number: number }>(statements.count, [officeId, id]))[0]?.number ?? 0;
  }

  /** Returns how many there were. */
  async removeAll(tx: Queryable, { id, officeId }: UserRef): Promise<number> {
    return (await tx.query(statements.removeAll, [officeId, id])).length;
  }
}
