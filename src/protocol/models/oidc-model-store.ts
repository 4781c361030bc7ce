import type { Database } from "../../platform/database/database.ts";
import { batchReads } from "../../platform/database/batched-reads.ts";
import { homeOf, homeOfToken } from "../../kernel/home.ts";
import { codeOf } from "../../kernel/errors.ts";
import type { Account } from "../../domain/users/user.ts";
import { accountIdOf } from "./token-validity.ts";
import { UNFINISHED_IN_ALL } from "./anonymous-rows.ts";
import { contentOf, toSpend, withoutSharedRows, type Change } from "./oidc-model-batch.ts";
import { KIND, type Batch, type Kind, type Payload, type RowKey, type StoredModel } from "./oidc-model.ts";
import { STATEMENTS, writeStatement } from "./oidc-model-statements.ts";

interface Row {
  readonly payload: Payload;
  readonly consumed_at: Date | null;
  readonly saved_at: Date;
  readonly grant_payload: Payload | null;
  readonly account: Account | null;
  readonly session: Payload | null;
  readonly session_saved_at: Date;
}

type Wanted = RowKey & { readonly application: string | null };

/** Statements of a kind that are on their way: while one is answered, PostgreSQL works on the other. With more, fewer requests share each. */
const AT_ONCE = 2;

/** The table of oidc-provider's models. */
export class OidcModelStore {
  readonly #database: Database;
  readonly #most: number;
  readonly #findBatched = batchReads((wanted: readonly Wanted[]) => this.#findAll(wanted), {
    mostAtOnce: AT_ONCE,
  });
  readonly #writeBatched = batchReads((changes: readonly Change[]) => this.#writeAll(changes), {
    mostAtOnce: AT_ONCE,
  });

  /** `unfinishedPerAddress`: rows of a kind that one network address may leave behind. */
  constructor(database: Database, unfinishedPerAddress: number) {
    this.#database = database;
    this.#most = unfinishedPerAddress;
  }

  /** `application`: whose grant is wanted with a session. */
  find(key: RowKey, application: string | null = null): Promise<StoredModel | null> {
    return this.#findBatched({ ...key, application });
  }

  async #findAll(keys: readonly Wanted[]): Promise<(StoredModel | null)[]> {
    const values = [
      keys.map(({ home }) => home),
      keys.map(({ kind }) => kind),
      keys.map(({ id }) => id),
      keys.map(({ application }) => application),
    ];
    const rows = await this.#database.query<Row & { place: number }>(STATEMENTS.find, values);
    const found = new Map(rows.map((row) => [row.place, row]));
    const whole = await this.#withElsewhere(
      keys.flatMap((key, index) => {
        const row = found.get(index + 1);
        return row === undefined ? [] : [{ index, key, row }];
      }),
    );
    return keys.map((_key, index) => whole.get(index) ?? null);
  }

  /** Adds users and grants that are not at the home of their model, in one more statement where there are any. */
  async #withElsewhere(
    found: readonly { index: number; key: RowKey; row: Row }[],
  ): Promise<ReadonlyMap<number, StoredModel>> {
    const wanted = found.flatMap(({ index, key, row }) => elsewhere(key, row.payload, index) ?? []);
    const values = [
      wanted.map(({ home }) => home),
      wanted.map(({ accountId }) => accountId),
      wanted.map(({ grantId }) => grantId),
    ];
    type Elsewhere = Pick<Row, "account" | "grant_payload"> & { readonly place: number };
    const rows =
      wanted.length === 0 ? [] : await this.#database.query<Elsewhere>(STATEMENTS.findElsewhere, values);
    const more = new Map(rows.map((row) => [wanted[row.place - 1]?.index, row]));
    return new Map(
      found.map(({ index, key, row }) => [index, toModel(key.kind, { ...row, ...more.get(index) })]),
    );
  }

  async findSessionByUid(uid: string): Promise<StoredModel | null> {
    const [row] = await this.#database.query<Row>(STATEMENTS.findByUid, [homeOfToken(uid), uid]);
    return row === undefined ? null : toModel(KIND.Session, row);
  }

  /** Key of the device code with this hashed user code. */
  async findDeviceCode(userCodeHash: string): Promise<Omit<RowKey, "kind"> | null> {
    const rows = await this.#database.query<Omit<RowKey, "kind">>(STATEMENTS.deviceCode, [userCodeHash]);
    return rows[0] ?? null;
  }

  /** Counts a poll of a device; returns false when the previous one was later than `askedBefore`. */
  async askForDevice(
    { home, id }: Omit<RowKey, "kind">,
    { now, askedBefore }: { now: Date; askedBefore: Date },
  ): Promise<boolean> {
    const rows = await this.#database.query(STATEMENTS.askForDevice, [home, id, now, askedBefore]);
    return rows.length > 0;
  }

  /** Returns false, and stores nothing new, when a code, token or interaction was already spent. */
  write(batch: Batch, now: Date): Promise<boolean> {
    return this.#writeBatched({ batch, now });
  }

  /** Writes the changes of several requests in one statement; a change that touches a row of another follows by itself. */
  async #writeAll(changes: readonly Change[]): Promise<(boolean | Promise<boolean>)[]> {
    const [shared, apart] = withoutSharedRows(changes);
    const stored = await this.#writeSome(shared);
    const later = new Map(apart.map((change) => [change, this.#writeAlone(change)]));
    return changes.map((change) => later.get(change) ?? stored.get(change) ?? this.#writeAlone(change));
  }

  /** Returns which are stored; an empty map when the database refuses a row, since then none is. */
  async #writeSome(changes: readonly Change[]): Promise<ReadonlyMap<Change, boolean>> {
    try {
      const stored = await this.#send(changes);
      return new Map(changes.map((change, index) => [change, stored.has(index + 1)]));
    } catch (error) {
      if (isRefusal(error)) {
        return new Map();
      }
      throw error;
    }
  }

  async #writeAlone(change: Change): Promise<boolean> {
    return (await this.#send([change])).has(1);
  }

  /** Returns the numbers, from 1, of the stored changes. */
  async #send(changes: readonly Change[]): Promise<ReadonlySet<number>> {
    const content = contentOf(
      changes.map(({ batch }) => batch),
      this.#most,
    );
    const spends = changes.map(({ batch }) => toSpend(batch));
    const { statement, lists } = writeStatement(content);
    const rows = await this.#database.query<{ r: number }>(statement, [changes[0]?.now, spends, ...lists]);
    return new Set(rows.map(({ r }) => r));
  }

  /** Deletes the grants of these rows with all their codes and tokens, in one statement. Returns whether there was anything left of them. */
  async revokeFamilies(rows: readonly RowKey[]): Promise<boolean> {
    const keys = rows.map(({ home, kind, id }) => ({ home, kind, id }));
    return (await this.#database.query(STATEMENTS.revokeFamily, [JSON.stringify(keys)])).length > 0;
  }

  /** Removes at most `limit` of the oldest anonymous rows, when there are more than `most` from all addresses together. Returns how many. */
  async forgetCrowd(limit: number, most = UNFINISHED_IN_ALL): Promise<number> {
    return (await this.#database.query(STATEMENTS.forgetCrowd, [limit, most])).length;
  }

  /** Removes at most `limit` expired rows. */
  async purge(limit: number): Promise<void> {
    await this.#database.query(STATEMENTS.purge, [limit]);
  }
}

/**
 * A constraint was violated (SQLSTATE class 23), or two transactions conflicted (40001, 40002, 40P01). Nothing is stored,
 * so the statement may be retried. After a lost connection it may not, since the outcome is unknown.
 */
const isRefusal = (error: unknown): boolean => /^(23|4000[12]|40P01)/.test(codeOf(error) ?? "");

/** What a model belongs to at another home than its own; null for nothing. */
function elsewhere({ home: own, kind }: RowKey, payload: Payload, index: number) {
  const accountId = accountIdOf(kind, payload);
  const home = accountId === null ? own : homeOf(accountId);
  return home === own ? null : { index, home, accountId, grantId: grantIdOf(kind, payload) };
}

/** An interaction only names its grant. It outlives a revocation, and the statement does not join its grant. */
const grantIdOf = (kind: Kind, { grantId }: Payload): string | null =>
  kind !== KIND.Interaction && typeof grantId === "string" ? grantId : null;

function toModel(kind: Kind, row: Row): StoredModel {
  const { payload, session, session_saved_at: savedAt } = row;
  const hasGrant = grantIdOf(kind, payload) !== null;
  const hasAccount = accountIdOf(kind, payload) !== null;
  return {
    payload,
    consumedAt: row.consumed_at,
    savedAt: row.saved_at,
    grant: hasGrant ? row.grant_payload : undefined,
    account: hasAccount ? row.account : undefined,
    ...(kind === KIND.Session && row.grant_payload !== null ? { sessionGrant: row.grant_payload } : {}),
    ...(session === null ? {} : { session: { payload: session, savedAt } }),
  };
}
