import { SQLSTATE } from "../../platform/database/sqlstate.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { now } from "../../kernel/clock.ts";
import { homeOfToken } from "../../kernel/home.ts";
import { codeOf } from "../../kernel/errors.ts";
import type { Account } from "../../domain/users/user.ts";
import { accountIdOf } from "./token-validity.ts";
import type { OidcModelStore } from "./oidc-model-store.ts";
import type { Batch, Payload, RowKey, RowToSave, RowToSpend, SignedOut, StoredModel } from "./oidc-model.ts";
import { KIND } from "./oidc-model.ts";

/** A browser, as the list of sessions shows it: known names and a network, never the header itself. */
export interface Device {
  readonly browser: string | null;
  readonly system: string | null;
  /** The address, IPv6 cut to its /64. */
  readonly network: string;
}

/** What the models need to know of a request. */
interface RequestView {
  device(): Device | null;
  signInHome(): number | null;
}

const NO_REQUEST: RequestView = { device: () => null, signInHome: () => null };

/** Why nothing of a request was stored: a code or token was spent already, or deleted, or a proof came twice. */
export interface Refusal {
  readonly reason: "reused" | "ended meanwhile" | "a proof twice";
  /** What the request redeems; null when it redeems nothing. */
  readonly spent: RowToSpend | null;
}

/**
 * What one request reads and writes of oidc-provider's models. Each row is read once. Writes are collected and stored
 * before the response leaves, in one statement and so in one transaction: a new refresh token is never stored without
 * its predecessor being spent, and a killed process leaves either both or nothing.
 */
export class UnitOfWork {
  readonly #store: OidcModelStore;
  readonly #request: RequestView;
  readonly #read = new Map<string, StoredModel | null>();
  readonly #sessions = new Map<string, StoredModel>();
  readonly #accounts = new Map<string, Account | null>();
  readonly #save = new Map<string, RowToSave>();
  readonly #consume = new Map<string, RowToSpend>();
  readonly #destroy = new Map<string, RowKey>();
  readonly #revokeGrants = new Set<string>();
  readonly #signedOut: SignedOut[] = [];
  readonly #beside: Promise<void>[] = [];
  #refusal: Refusal | null = null;
  #redeemsReplaced = false;

  constructor(store: OidcModelStore, request: RequestView = NO_REQUEST) {
    this.#store = store;
    this.#request = request;
  }

  /** The browser of the request; stored with the session that it uses. */
  get device(): Device | null {
    return this.#request.device();
  }

  /** The home of the facts of the request's sign-in, as its cookie says; null before the password. */
  get signInHome(): number | null {
    return this.#request.signInHome();
  }

  /** `application`: whose grant will be asked for after a session; it is read with it. */
  async find(key: RowKey, application: string | null = null): Promise<StoredModel | null> {
    const name = nameOf(key);
    const saved = this.#save.get(name);
    if (saved !== undefined) {
      return {
        payload: saved.payload,
        consumedAt: null,
        savedAt: now(),
        grant: undefined,
        account: undefined,
      };
    }
    if (this.#destroy.has(name)) {
      return null;
    }
    const read = this.#read.get(name);
    if (read !== undefined) {
      return read;
    }
    const found = await this.#store.find(key, application);
    this.#keep(key, found);
    return found;
  }

  /** What this request has already read; sends no query. */
  peek(key: RowKey): StoredModel | null {
    return this.#read.get(nameOf(key)) ?? null;
  }

  /** The session that was read with a code or token that ends with it; undefined when none was. */
  session(uid: string): StoredModel | undefined {
    return this.#sessions.get(uid);
  }

  /** The account that was read with a model in this request; undefined when none was. */
  account(id: string): Account | null | undefined {
    return this.#accounts.get(id);
  }

  keepAccount(id: string, account: Account | null): void {
    this.#accounts.set(id, account);
  }

  save(row: RowToSave): void {
    this.#destroy.delete(nameOf(row));
    this.#save.set(nameOf(row), row);
  }

  /** The request brings a refresh token that was replaced, within its grace. */
  noteReplaced(): void {
    this.#redeemsReplaced = true;
  }

  get redeemsReplaced(): boolean {
    return this.#redeemsReplaced;
  }

  consume(row: RowToSpend): void {
    this.#consume.set(nameOf(row), row);
  }

  /**
   * The request is refused after its refresh token was replaced, for example because of an unknown resource: the application keeps
   * the token that it has. Otherwise its next try would look like a thief's.
   */
  keepRefreshToken(): void {
    this.#consume.forEach(({ kind }, name) => kind === KIND.RefreshToken && this.#consume.delete(name));
    this.#save.forEach(({ kind }, name) => kind === KIND.RefreshToken && this.#save.delete(name));
  }

  /** Why the last commit stored nothing; null when it stored everything. */
  get refusal(): Refusal | null {
    return this.#refusal;
  }

  destroy(key: RowKey): void {
    this.#save.delete(nameOf(key));
    this.#destroy.set(nameOf(key), key);
  }

  revokeGrant(grantId: string): void {
    this.#revokeGrants.add(grantId);
  }

  /** The application is notified once the end of the session is stored. */
  notifySignedOut(signedOut: SignedOut): void {
    this.#signedOut.push(signedOut);
  }

  /** Something that is stored beside the models, and that the answer waits for as well. It must not reject. */
  awaitBeside(stored: Promise<void>): void {
    this.#beside.push(stored);
  }

  /**
   * Stores everything. Returns false when another request has spent a code or token first: then nothing new is
   * stored, and the whole family of the reused token is deleted (RFC 9700 section 4.14).
   */
  async commit(): Promise<boolean> {
    const isStored = await this.#commitModels();
    await Promise.all(this.#beside.splice(0));
    return isStored;
  }

  async #commitModels(): Promise<boolean> {
    const batch = this.#take();
    if (batch === null) {
      return true;
    }
    const isStored = await this.#store.write(batch, now()).catch((error: unknown) => {
      // Two requests presented the same one-time id (a replayed proof) at the same time, and the other was first.
      if (codeOf(error) === SQLSTATE.UNIQUE_VIOLATION) {
        return "replayed" as const;
      }
      throw error;
    });
    if (isStored !== true) {
      const wasAlive = isStored === false && (await this.#store.revokeFamilies(batch.consume));
      const reason = isStored === "replayed" ? "a proof twice" : "ended meanwhile";
      this.#refusal = { reason: wasAlive ? "reused" : reason, spent: batch.consume[0] ?? null };
    }
    return isStored === true;
  }

  #take(): Batch | null {
    const batch = {
      save: [...this.#save.values()],
      consume: [...this.#consume.values()],
      destroy: [...this.#destroy.values()],
      revokeGrants: [...this.#revokeGrants],
      signedOut: this.#signedOut.splice(0),
    };
    [this.#save, this.#consume, this.#destroy, this.#revokeGrants].forEach((part) => {
      part.clear();
    });
    const isEmpty = Object.values(batch).every((part) => part.length === 0);
    return isEmpty ? null : batch;
  }

  #keep(key: RowKey, found: StoredModel | null): void {
    this.#read.set(nameOf(key), found);
    const grantId = found?.payload["grantId"];
    if (found?.grant !== undefined && typeof grantId === "string") {
      this.#read.set(nameOf(grantKey(grantId)), grantModel(found));
    }
    this.#keepSessionGrant(found);
    this.#keepSession(found);
    const accountId = found === null ? null : accountIdOf(key.kind, found.payload);
    if (found?.account !== undefined && accountId !== null) {
      this.#accounts.set(accountId, found.account);
    }
  }

  /** Only one of the token's user, with whom it is judged. */
  #keepSession(found: StoredModel | null): void {
    const { session, account } = found ?? {};
    if (session !== undefined && session.payload["accountId"] === found?.payload["accountId"]) {
      const model = { ...session, consumedAt: null, grant: undefined, account };
      this.#sessions.set(String(session.payload["uid"]), model);
    }
  }

  /** Only one of the session's user: for another one the account has to be read too. */
  #keepSessionGrant(found: StoredModel | null): void {
    const grant = found?.sessionGrant;
    if (found === null || grant === undefined || grant["accountId"] !== found.payload["accountId"]) {
      return;
    }
    const { savedAt } = found;
    const model = { payload: grant, consumedAt: null, savedAt, grant: undefined, account: found.account };
    this.#read.set(nameOf(grantKey(String(grant["jti"]))), model);
  }
}

/** A grant's id never leaves the server and is no credential, so it is not hashed. One query can then join a token with its grant. */
export const plainId = (id: string): string => Buffer.from(id).toString("hex");

/** The key of a grant. */
export const grantKey = (grantId: string): RowKey => ({
  home: homeOfToken(grantId),
  kind: KIND.Grant,
  id: plainId(grantId),
});

const nameOf = ({ kind, id }: Pick<RowKey, "kind" | "id">): string => `${String(kind)} ${id}`;

function grantModel(found: StoredModel): StoredModel | null {
  const { grant, savedAt } = found;
  return grant === null || grant === undefined
    ? null
    : { payload: grant satisfies Payload, consumedAt: null, savedAt, grant: undefined, account: undefined };
}

const running = new AsyncLocalStorage<UnitOfWork>();

/** Runs a request with a unit of work, which `currentWork` returns inside it. */
export const withWork = <T>(work: UnitOfWork, run: () => Promise<T>): Promise<T> => running.run(work, run);

export const currentWork = (): UnitOfWork | undefined => running.getStore();
