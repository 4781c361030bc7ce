import { homeOf, LANES, NO_OFFICE, randomHome } from "../../kernel/home.ts";
import { planEachRead } from "../../platform/database/limited-reads.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { ChainMark, SealedEvent } from "./chain-check.ts";
import type { StoredEvent } from "./event-content.ts";

interface Row extends Omit<StoredEvent, "id"> {
  readonly position: number;
  readonly hash: string;
  readonly eventId: string;
  readonly id: string | null;
}

/** An event without a seal: it waits for one, or was inserted by other means. */
interface UnsealedEvent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly waits: boolean;
}

interface ChainKey {
  readonly home: number;
  readonly chain: string;
}

/** The first and last mark of a chain. */
export interface Chain {
  readonly head: ChainMark;
  readonly checkpoint: ChainMark;
}

/** Columns of `audit_events e` as a seal covers them. */
const STORED_EVENT = `e.id::text, (extract(epoch from e.at) * 1000000)::bigint::text as at,
  e.office_id::text as "officeId", e.type, e.outcome, e.actor, e.subject, e.application_id as "applicationId",
  e.address::text, e.request_id as "requestId", e.details::text, json_build_object(
    'address', json_build_object('salt', replace(e.address_salt::text, '-', ''), 'digest', encode(e.address_digest, 'hex')),
    'personal', json_build_object('salt', replace(e.personal_salt::text, '-', ''), 'digest', encode(e.personal_digest, 'hex')),
    'personalDetails', audit_personal(e.details)::text,
    'otherDetails', (e.details - audit_personal_keys())::text) as veils`;

/** Nothing younger than `days` by the database's clock, even if this process has the wrong date. */
const cutOff = (moment: string, days: string) => `least(${moment}, now() - make_interval(days => ${days}))`;

/** `offset 0` keeps the lookups of a page's rows separate, whatever the statistics say about the whole table. */
const statements = {
  unsealedChains: { name: "audit_unsealed_chains", text: "select home, chain from unsealed_chains($1)" },
  seal: { name: "audit_seal", text: "select seal_audit_events($1, $2, $3) as count" },
  erase: { name: "audit_erase", text: "select erase_audit_events($1, $2, $3, $4) as count" },
  chainsToPrune: {
    name: "audit_chains_to_prune",
    text: `select home, chain from chains_to_prune(${cutOff("$1", "$2")})`,
  },
  prune: {
    name: "audit_prune",
    text: `select prune_audit_events($3, $4, ${cutOff("$1", "$2")}, $5) as count`,
  },
  snapshot: { name: "audit_snapshot", text: "set transaction isolation level repeatable read, read only" },
  chain: {
    name: "audit_chain",
    text: `select position::float8, encode(hash, 'hex') as hash, pruned_position::float8,
             encode(pruned_hash, 'hex') as pruned_hash from audit_chains where home = $home and chain = vestibule_chain()`,
  },
  seals: {
    name: "audit_seals",
    text: `select s.position::float8, encode(s.hash, 'hex') as hash, s.event_id::text as "eventId", ${STORED_EVENT}
           from audit_seals s
           left join lateral (select * from audit_events where home = $home and id = s.event_id offset 0) e on true
           where s.home = $home and s.chain = vestibule_chain() and s.position > $1 order by s.position limit $2`,
  },
  hasCheckpoint: {
    name: "audit_checkpoint_event",
    text: `select from audit_events where home = $home and office_id = vestibule_office() and type = 'audit.pruned'
             and details @> jsonb_build_object('position', $1::bigint, 'hash', $2::text) limit 1`,
  },
  unsealed: {
    name: "audit_without_seal",
    text: `select max(e.id)::text as last, coalesce(json_agg(json_build_object('id', e.id::text,
               'at', extract(epoch from e.at)::float8, 'waits', u.event_id is not null) order by e.id)
             filter (where s.event_id is null), '[]') as events
           from (
             select * from audit_events where home = $home and office_id = vestibule_office() and id > $1 order by id limit $2) e
           left join lateral (select event_id from audit_seals where home = $home and event_id = e.id offset 0) s on true
           left join audit_unsealed u on u.home = $home and u.chain = vestibule_chain() and u.event_id = e.id`,
  },
} as const satisfies Record<string, Statement>;

/** An index finds the rows without an office by `is null` only. */
export const ofScope = ({ name, text }: Statement, officeId: string | null): Statement =>
  officeId === null
    ? { name: `${name}_no_office`, text: text.replace("office_id = vestibule_office()", "office_id is null") }
    : { name, text };

const START: ChainMark = { position: 0, hash: "00".repeat(32) };

/** The chains over the audit log. Only two database functions, which the application role may call, can write them. */
export class AuditSealStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Seals the committed events that wait, at most `limit` of each chain, one chain after the other; returns how many: none when
   * other processes are sealing.
   */
  async seal(limit: number): Promise<number> {
    let sealed = 0;
    for (const { home, chain } of await this.#chains(statements.unsealedChains, [limit])) {
      sealed += await this.#count(statements.seal, [home, chain, limit]);
    }
    return sealed;
  }

  /** Removes some events of one chain from before `before` and older than `days`, and adds a checkpoint; returns how many. */
  async prune({ before, days }: { before: Date; days: number }, limit: number): Promise<number> {
    for (const { home, chain } of await this.#chains(statements.chainsToPrune, [before, days])) {
      const pruned = await this.#count(statements.prune, [before, days, home, chain, limit]);
      if (pruned > 0) {
        return pruned;
      }
    }
    return 0;
  }

  /**
   * Erases what some events of an office (null: those without one) have about a deleted user, or about everybody in a deleted
   * office; returns how many. Their seals still verify.
   */
  erase(
    { officeId, userId }: { readonly officeId: string | null; readonly userId: string | null },
    limit: number,
  ): Promise<number> {
    const home = officeId === null ? NO_OFFICE : homeOf(officeId);
    return this.#count(statements.erase, [home, officeId, userId, limit]);
  }

  /** Runs `work` on one snapshot of an office's events, or of those without an office. */
  inSnapshot<T>(officeId: string | null, work: (tx: Queryable) => Promise<T>): Promise<T> {
    const still = async (tx: Queryable) => {
      await tx.query(statements.snapshot);
      await planEachRead(tx);
      return work(tx);
    };
    return officeId === null ? this.#database.transaction(still) : this.#database.inOffice(officeId, still);
  }

  async chain(tx: Queryable): Promise<Chain> {
    type Ends = ChainMark & { readonly pruned_position: number; readonly pruned_hash: string };
    const [row] = await tx.query<Ends>(statements.chain);
    return row === undefined
      ? { head: START, checkpoint: START }
      : {
          head: { position: row.position, hash: row.hash },
          checkpoint: { position: row.pruned_position, hash: row.pruned_hash },
        };
  }

  /** The seals after a position, with their events. */
  async seals(tx: Queryable, after: number, limit: number): Promise<SealedEvent[]> {
    const rows = await tx.query<Row>(statements.seals, [after, limit]);
    return rows.map(({ position, hash, eventId, id, ...rest }) => ({
      position,
      hash,
      eventId,
      event: id === null ? null : { id, ...rest },
    }));
  }

  /** Of the next `limit` events after one, those without a seal; `last` is null at the end. */
  async withoutSeal(
    tx: Queryable,
    officeId: string | null,
    { after, limit }: { readonly after: string; readonly limit: number },
  ) {
    type Page = { readonly last: string | null; readonly events: readonly UnsealedEvent[] };
    const [row] = await tx.query<Page>(ofScope(statements.unsealed, officeId), [after, limit]);
    return row ?? { last: null, events: [] };
  }

  /** Whether the log has the event of a checkpoint. */
  async hasCheckpoint(
    tx: Queryable,
    officeId: string | null,
    { position, hash }: ChainMark,
  ): Promise<boolean> {
    return (await tx.query(ofScope(statements.hasCheckpoint, officeId), [position, hash])).length > 0;
  }

  /** Lane by lane, from any lane on: two processes that begin at once rarely want the same chain. */
  async #chains(statement: Statement, values: readonly unknown[]): Promise<ChainKey[]> {
    const first = randomHome();
    const turnOf = ({ home }: ChainKey) => (home + first) % LANES;
    const chains = await this.#database.query<ChainKey>(statement, values);
    return chains.toSorted((one, other) => turnOf(one) - turnOf(other));
  }

  async #count(statement: Statement, values: readonly unknown[]): Promise<number> {
    const [row] = await this.#database.query<{ count: number }>(statement, values);
    return row?.count ?? 0;
  }
}
