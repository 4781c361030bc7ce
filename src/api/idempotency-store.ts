import type { Database, Statement } from "../platform/database/database.ts";
import { homeOf, homeOfBytes } from "../kernel/home.ts";
import { sameBytes, type KeyedHash, type SecretBox } from "../kernel/secret.ts";

/** One request of an application, by the key that it was sent with. */
export interface RequestKey {
  readonly applicationId: string;
  readonly officeId: string | null;
  readonly key: string;
  /** Everything that the request says. */
  readonly content: string;
}

/** An answer that was given, as text. */
export type KeptAnswer = Readonly<Record<string, unknown>>;

/** `new`: it is to be worked on now. `running`: it is being worked on. `other`: the key came with another request. `lost`: the answer cannot be read any more. */
export type Begun =
  | { readonly type: "new"; readonly attempt: Attempt; readonly begunAt: TryBegin }
  | { readonly type: "running" | "other" | "lost" }
  | { readonly type: "answered"; readonly answer: KeptAnswer };

/** What a request makes is made of this: random without a key, the same for each repetition with one. */
export interface Attempt {
  /** For ids. */
  readonly token: string;
  /** 32 bytes, for a secret. */
  readonly seed: Buffer;
}

/** When a try has begun, which tells it from the next one of the same request. */
export type TryBegin = string;

interface Deps {
  readonly database: Database;
  readonly hash: KeyedHash;
  readonly box: SecretBox;
}

const statements = {
  // One that has not ended after a minute belongs to a process that has; the same request may then begin again. Its end stays, because
  // what the request makes follows from it: the work may have been done, and only the answer lost.
  begin: {
    name: "api_request_begin",
    text: `insert into api_requests as r (home, id, fingerprint, begun_at, expires_at)
           values ($1, $2, $3, now(), now() + interval '1 day')
           on conflict (home, id) do update set fingerprint = excluded.fingerprint, sealed = null,
             begun_at = excluded.begun_at, expires_at = case when r.expires_at <= now() then excluded.expires_at else r.expires_at end
           where r.expires_at <= now()
             or (r.sealed is null and r.fingerprint = excluded.fingerprint and r.begun_at <= now() - interval '1 minute')
           returning extract(epoch from r.expires_at)::text as "end", r.begun_at::text as "begunAt"`,
  },
  find: {
    name: "api_request_find",
    text: "select fingerprint, sealed from api_requests where home = $1 and id = $2",
  },
  keep: {
    name: "api_request_keep",
    text: "update api_requests set sealed = $3 where home = $1 and id = $2",
  },
  endTry: {
    name: "api_request_end_try",
    text: "update api_requests set begun_at = now() - interval '1 minute' where home = $1 and id = $2 and begun_at = $3 and sealed is null",
  },
  remove: {
    name: "api_request_remove",
    text: "delete from api_requests where home = $1 and id = $2 and begun_at = $3 and sealed is null",
  },
  purge: {
    name: "api_request_purge",
    text: `delete from api_requests where ctid = any(array(
             select ctid from api_requests where expires_at <= now() order by expires_at limit $1))`,
  },
} as const satisfies Record<string, Statement>;

/**
 * The answers to requests with an Idempotency-Key, for a day: a request that is repeated, because its answer was lost, has no second
 * effect. Answers may hold a secret that is shown once, so they are encrypted.
 */
export class IdempotencyStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async begin(request: RequestKey): Promise<Begun> {
    const { database, hash, box } = this.#deps;
    const place = this.#placeOf(request);
    const fingerprint = hash(`api request content ${request.content}`);
    const [begun] = await database.query<{ end: string; begunAt: TryBegin }>(statements.begin, [
      ...place,
      fingerprint,
    ]);
    if (begun !== undefined) {
      return { type: "new", attempt: this.#attemptOf(request, begun.end), begunAt: begun.begunAt };
    }
    type Row = { readonly fingerprint: Buffer; readonly sealed: Buffer | null };
    const [row] = await database.query<Row>(statements.find, place);
    if (row === undefined) {
      return { type: "running" };
    }
    if (!sameBytes(row.fingerprint, fingerprint)) {
      return { type: "other" };
    }
    return row.sealed === null ? { type: "running" } : opened(box, row.sealed, contextOf(request));
  }

  /** Keeps the answer for repetitions. */
  async keep(request: RequestKey, answer: KeptAnswer): Promise<void> {
    const sealed = this.#deps.box.seal(JSON.stringify(answer), contextOf(request));
    await this.#deps.database.query(statements.keep, [...this.#placeOf(request), sealed]);
  }

  /** For a try that failed, and may have done its work or not: the request may begin again at once. Nothing where it has begun again. */
  async endTry(request: RequestKey, begunAt: TryBegin): Promise<void> {
    await this.#deps.database.query(statements.endTry, [...this.#placeOf(request), begunAt]);
  }

  /** For a try that has changed nothing: the same key may be used again. Nothing where the request has begun again. */
  async forget(request: RequestKey, begunAt: TryBegin): Promise<void> {
    await this.#deps.database.query(statements.remove, [...this.#placeOf(request), begunAt]);
  }

  /** By the pepper, so neither the key nor the row tells a secret. A key that is used again after its day has another end. */
  #attemptOf(request: RequestKey, end: string): Attempt {
    const { hash } = this.#deps;
    const context = `${contextOf(request)} ${end}`;
    return {
      token: hash(`token of ${context}`).toString("base64url").slice(0, 20),
      seed: hash(`secret of ${context}`),
    };
  }

  /** Removes at most `limit` expired rows. */
  async purge(limit: number): Promise<void> {
    await this.#deps.database.query(statements.purge, [limit]);
  }

  #idOf(request: RequestKey): Buffer {
    return this.#deps.hash(contextOf(request));
  }

  /** The home of the office, and the id. */
  #placeOf(request: RequestKey): [number, Buffer] {
    const id = this.#idOf(request);
    return [request.officeId === null ? homeOfBytes(id) : homeOf(request.officeId), id];
  }
}

const contextOf = ({ applicationId, key }: RequestKey): string => `api request ${applicationId} ${key}`;

/** A data key may have been dropped since. */
function opened(box: SecretBox, sealed: Buffer, context: string): Begun {
  try {
    const answer: unknown = JSON.parse(box.open(sealed, context));
    return typeof answer === "object" && answer !== null
      ? { type: "answered", answer: { ...answer } }
      : { type: "lost" };
  } catch {
    return { type: "lost" };
  }
}
