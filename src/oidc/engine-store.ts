import type { Database, Statement } from "../database/database.ts";
import type { Account } from "../users/user.ts";

/** The numbers under which oidc-provider's models stand in the table. Never renumber: rows keep them. */
export const KIND = {
  Grant: 0,
  Session: 1,
  Interaction: 2,
  AuthorizationCode: 3,
  AccessToken: 4,
  RefreshToken: 5,
  ClientCredentials: 6,
  PushedAuthorizationRequest: 7,
  ReplayDetection: 8,
  DeviceCode: 9,
  BackchannelAuthenticationRequest: 10,
  InitialAccessToken: 11,
  RegistrationAccessToken: 12,
  PreAuthorizedCode: 13,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

export type Payload = Record<string, unknown>;

export interface StoredModel {
  readonly payload: Payload;
  readonly consumedAt: Date | null;
  readonly savedAt: Date;
  /** The grant that the model belongs to; null when it is gone, undefined when there never was one. */
  readonly grant: Payload | null | undefined;
  /** The account that the model belongs to; null when it is gone, undefined when there never was one. */
  readonly account: Account | null | undefined;
}

/** Key of a row: the hash of the model's id as hexadecimal. */
export interface RowKey {
  readonly kind: Kind;
  readonly id: string;
}

export interface RowToSave extends RowKey {
  readonly payload: Payload;
  readonly expiresAt: Date;
  /** Whether the request has read the row: then it is changed if it is still there, and never made anew. */
  readonly exists: boolean;
}

/** Everything that one request writes; stored in one statement or not at all. */
export interface Batch {
  readonly save: readonly RowToSave[];
  readonly consume: readonly RowKey[];
  readonly destroy: readonly RowKey[];
  readonly revokeGrants: readonly string[];
}

interface Row {
  readonly payload: Payload;
  readonly consumed_at: Date | null;
  readonly saved_at: Date;
  readonly grant_payload: Payload | null;
  readonly account: Account | null;
}

const COLUMNS = "kind, id, payload, grant_id, account_id, application_id, uid, saved_at, expires_at";

const ROW = `(kind smallint, id text, payload json, grant_id text, account_id uuid, application_id text, uid text,
  expires_at timestamptz)`;

// Two requests of one session may each bring an application into it; neither may lose the other's, or a sign-out
// everywhere would miss it. Leaving one application gives the session a new id, so nothing comes back by this.
const MERGED_SESSION = `(c.payload::jsonb || jsonb_build_object('authorizations',
  coalesce(m.payload::jsonb -> 'authorizations', '{}') || coalesce(c.payload::jsonb -> 'authorizations', '{}')))::json`;

const statements = {
  find: { name: "engine_find", text: "select * from find_engine_model($1, decode($2, 'hex'))" },
  findByUid: {
    name: "engine_find_by_uid",
    text: `select f.* from engine_models m, find_engine_model(m.kind, m.id) f where m.uid = $1 and m.kind = 1`,
  },
  // A code or token is spent by one conditional update, and a sign-in is answered by deleting its interaction (kind 2).
  // When another request was first with either, nothing new is stored.
  write: {
    name: "engine_write",
    text: `
      with batch as (select $1::json as b),
      consumed as (
        update engine_models m set consumed_at = $2
        from batch, json_to_recordset(b -> 'consume') as c (kind smallint, id text)
        where m.kind = c.kind and m.id = decode(c.id, 'hex') and m.consumed_at is null
        returning m.id),
      destroyed as (
        delete from engine_models m using batch, json_to_recordset(b -> 'destroy') as d (kind smallint, id text)
        where m.kind = d.kind and m.id = decode(d.id, 'hex')
        returning m.kind),
      revoked as (
        delete from engine_models m using batch, json_array_elements_text(b -> 'revokeGrants') as r (grant_id)
        where m.grant_id = r.grant_id),
      outcome as (
        select (select count(*) from consumed) + (select count(*) from destroyed where kind = 2) as spent),
      changed as (
        update engine_models m set payload = case when m.kind = 1 then ${MERGED_SESSION} else c.payload end,
          account_id = c.account_id, saved_at = $2, expires_at = c.expires_at
        from batch, outcome, json_to_recordset(b -> 'change') as c ${ROW}
        where outcome.spent = $3 and m.kind = c.kind and m.id = decode(c.id, 'hex')),
      added as (
        insert into engine_models (${COLUMNS})
        select s.kind, decode(s.id, 'hex'), s.payload, s.grant_id, s.account_id, s.application_id, s.uid, $2, s.expires_at
        from batch, outcome, json_to_recordset(b -> 'add') as s ${ROW}
        where outcome.spent = $3)
      select spent::integer from outcome`,
  },
  add: {
    name: "engine_add",
    text: `
      insert into engine_models (${COLUMNS})
      select s.kind, decode(s.id, 'hex'), s.payload, s.grant_id, s.account_id, s.application_id, s.uid, $2, s.expires_at
      from json_to_recordset($1::json) as s ${ROW}`,
  },
  revokeFamily: {
    name: "engine_revoke_family",
    text: `with grants as (
             select m.grant_id from json_to_recordset($1::json) as c (kind smallint, id text)
             join engine_models m on m.kind = c.kind and m.id = decode(c.id, 'hex') where m.grant_id is not null)
           delete from engine_models m using grants g
           where m.grant_id = g.grant_id or (m.kind = 0 and m.id = convert_to(g.grant_id, 'UTF8'))`,
  },
  purge: {
    name: "engine_purge",
    text: `delete from engine_models where ctid = any(array(
             select ctid from engine_models where expires_at <= $1 order by expires_at limit $2))`,
  },
} as const satisfies Record<string, Statement>;

/** The table of oidc-provider's models. */
export class EngineStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find({ kind, id }: RowKey): Promise<StoredModel | null> {
    const [row] = await this.#database.query<Row>(statements.find, [kind, id]);
    return row === undefined ? null : toModel(kind, row);
  }

  async findSessionByUid(uid: string): Promise<StoredModel | null> {
    const [row] = await this.#database.query<Row>(statements.findByUid, [uid]);
    return row === undefined ? null : toModel(KIND.Session, row);
  }

  /** Answers false, and has stored nothing new, when something that was to be spent or answered had been before. */
  async write(batch: Batch, now: Date): Promise<boolean> {
    const add = batch.save.filter((row) => !row.exists).map(toColumns);
    const change = batch.save.filter((row) => row.exists).map(toColumns);
    const { consume, destroy, revokeGrants } = batch;
    if (change.length + consume.length + destroy.length + revokeGrants.length === 0) {
      await this.#database.query(statements.add, [JSON.stringify(add), now]);
      return true;
    }
    const content = JSON.stringify({ add, change, consume, destroy, revokeGrants });
    const expected = consume.length + destroy.filter(({ kind }) => kind === KIND.Interaction).length;
    const rows = await this.#database.query<{ spent: number }>(statements.write, [content, now, expected]);
    return rows[0]?.spent === expected;
  }

  /** Ends the grants of these rows with every code and token of theirs, in one statement. */
  async revokeFamilies(rows: readonly RowKey[]): Promise<void> {
    await this.#database.query(statements.revokeFamily, [JSON.stringify(rows)]);
  }

  /** Removes at most `limit` rows that are past their end. */
  async purge(now: Date, limit: number): Promise<void> {
    await this.#database.query(statements.purge, [now, limit]);
  }
}

function toModel(kind: Kind, row: Row): StoredModel {
  const { payload } = row;
  // An interaction only remembers its grant; it outlives a revocation, and is not read together with it.
  const hasGrant = kind !== KIND.Interaction && typeof payload["grantId"] === "string";
  const hasAccount = typeof payload["accountId"] === "string";
  return {
    payload,
    consumedAt: row.consumed_at,
    savedAt: row.saved_at,
    grant: hasGrant ? row.grant_payload : undefined,
    account: hasAccount ? row.account : undefined,
  };
}

function toColumns({ kind, id, payload, expiresAt }: RowToSave) {
  return {
    kind,
    id,
    payload,
    grant_id: kind === KIND.Interaction ? null : textOf(payload["grantId"]),
    account_id: textOf(payload["accountId"]),
    application_id: textOf(payload["clientId"]),
    uid: kind === KIND.Session ? textOf(payload["uid"]) : null,
    expires_at: expiresAt,
  };
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
