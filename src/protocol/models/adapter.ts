import type { Adapter, AdapterPayload } from "oidc-provider";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { UserCodeGuard } from "../../domain/applications/user-code-guard.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { copyJson } from "../../kernel/copy-json.ts";
import { homeOfToken } from "../../kernel/home.ts";
import { rememberLast, type KeyedHash } from "../../kernel/secret.ts";
import { ApplicationAdapter } from "./application-adapter.ts";
import type { RunningKeys } from "../keys/running-keys.ts";
import { DeviceCodeAdapter, storedKey } from "../device-flow/device-codes.ts";
import { type OidcModelStore } from "./oidc-model-store.ts";
import {
  KIND,
  OF_APPLICATIONS,
  type Kind,
  type Payload,
  type RowKey,
  type StoredModel,
} from "./oidc-model.ts";
import { findAnswered } from "./finished-login.ts";
import { concealInteraction, endsSoon, revealInteraction } from "./interaction-payload.ts";
import { isStillValid, withProof } from "./token-validity.ts";
import { networkOf } from "./anonymous-rows.ts";
import { Provider } from "../library.ts";
import { askingApplication } from "../requests/asking-application.ts";
import { checkPusher } from "../requests/true-fault.ts";
import { isUnchangedSession } from "./unchanged-session.ts";
import { currentWork, plainId, UnitOfWork } from "./unit-of-work.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";

/**
 * Models: where oidc-provider stores sessions, grants, codes and tokens. This folder owns one table for all of them, and the rule that
 * a code or token is spent once. The library calls `createAdapter` for each model. `unit-of-work.ts` collects what a
 * request changes, and one statement stores it.
 */

interface Deps {
  readonly store: OidcModelStore;
  readonly applications: ApplicationStore;
  readonly hash: KeyedHash;
  readonly userCodes: UserCodeGuard;
  readonly keys: Pick<RunningKeys, "know">;
  /** Whether the device flow is on; without it no application has its grant. */
  readonly hasDeviceFlow: boolean;
}

/** The adapter factory of oidc-provider; the argument is the model's name. */
export function createAdapter({ hash, ...others }: Deps): (name: string) => Adapter {
  // The library looks for one token as three models, and spends what it has found: the same id, hashed once.
  const deps = { ...others, hash: rememberLast(hash) };
  return (name) => {
    if (name === "Client") {
      return new ApplicationAdapter(deps);
    }
    const kind = Object.entries(KIND).find(([known]) => known === name)?.[1];
    if (kind === undefined) {
      throw new Error(`oidc-provider asks for an unknown model: ${name}`);
    }
    const models = new ModelAdapter(kind, deps);
    return kind === KIND.DeviceCode ? new DeviceCodeAdapter(models, deps) : models;
  };
}

class ModelAdapter implements Adapter {
  readonly #kind: Kind;
  readonly #deps: Deps;

  constructor(kind: Kind, deps: Deps) {
    this.#kind = kind;
    this.#deps = deps;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const key = this.#key(id);
    const work = currentWork() ?? new UnitOfWork(this.#deps.store);
    const found =
      this.#kind === KIND.Session
        ? await work.find(key, askingApplication())
        : await findAnswered(work, key, { hash: this.#deps.hash, id });
    if (this.#kind === KIND.PushedAuthorizationRequest) {
      checkPusher(Provider.ctx, found?.payload["request"]);
    }
    if (found === null || (await this.#isOfDisabled(found.payload))) {
      return undefined;
    }
    return this.#reveal(await this.#withGrace(found), id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const found = currentWork()?.session(uid) ?? (await this.#deps.store.findSessionByUid(uid));
    return found === null ? undefined : this.#reveal(found, undefined);
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const key = this.#key(id);
    const work = currentWork();
    const kept = withProof(this.#kind, this.#withDevice(this.#conceal(payload), work));
    if (this.#kind === KIND.Session && work !== undefined && isUnchangedSession(work.peek(key), kept)) {
      return;
    }
    const seconds = epochSeconds(now());
    const expiresAt = new Date(
      ((numberOf(kept["exp"]) ?? seconds + expiresIn) + keptSeconds(this.#kind)) * 1000,
    );
    const exists = work === undefined ? (await this.#deps.store.find(key)) !== null : work.peek(key) !== null;
    const network = exists ? undefined : networkOf(this.#kind, payload, { work, hash: this.#deps.hash });
    await this.#apply((unit) => {
      unit.save({ ...key, payload: kept, expiresAt, exists, network });
    });
  }

  async consume(id: string): Promise<void> {
    const key = this.#key(id);
    const payload = currentWork()?.peek(key)?.payload ?? {};
    // Whether the grace has ended is judged once, by `find`: one that ends between reading and writing would be no reuse.
    const again = (await this.#graceSeconds(payload)) > 0;
    await this.#apply((unit) => {
      unit.consume({
        ...key,
        again,
        applicationId: textOrNull(payload["clientId"]),
        accountId: textOrNull(payload["accountId"]),
      });
    });
  }

  /**
   * Whether a code or token belongs to an application that was disabled or deleted. The library looks for the application of most, but
   * introspection by another one does not. Answered from memory, as a rule.
   */
  async #isOfDisabled({ clientId }: Payload): Promise<boolean> {
    if (!OF_APPLICATIONS.has(this.#kind) || typeof clientId !== "string") {
      return false;
    }
    const application = await this.#deps.applications.find(clientId);
    return application === null || application.isDisabled;
  }

  /**
   * Grace for a refresh token whose response was lost, or that several threads use at the same moment: within the seconds that its
   * application has, it is returned as unspent. Without a grace period, every second use ends the whole token family; `reuse-report.ts` then
   * says so in the audit log.
   */
  async #withGrace(found: StoredModel): Promise<StoredModel> {
    const { consumedAt, payload } = found;
    if (this.#kind !== KIND.RefreshToken || consumedAt === null) {
      return found;
    }
    const age = now().getTime() - consumedAt.getTime();
    if (age >= (await this.#graceSeconds(payload)) * 1_000) {
      return found;
    }
    currentWork()?.noteReplaced();
    return { ...found, consumedAt: null };
  }

  /** 0 for a code: it is good once (RFC 6749 section 4.1.2). */
  async #graceSeconds({ clientId }: Payload): Promise<number> {
    const application =
      this.#kind === KIND.RefreshToken ? await this.#deps.applications.find(String(clientId)) : null;
    return application?.refreshGraceSeconds ?? 0;
  }

  async destroy(id: string): Promise<void> {
    await this.#apply((unit) => {
      unit.destroy(this.#key(id));
    });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#apply((unit) => {
      unit.revokeGrant(grantId);
    });
  }

  findByUserCode(): Promise<undefined> {
    return Promise.reject(new Error("Device codes have an adapter of their own."));
  }

  /** Within a request the change waits for the commit; outside a request it is stored at once. */
  async #apply(change: (work: UnitOfWork) => void): Promise<void> {
    const work = currentWork();
    if (work !== undefined) {
      change(work);
      return;
    }
    const own = new UnitOfWork(this.#deps.store);
    change(own);
    await own.commit();
  }

  #key(id: string): RowKey {
    const stored = this.#kind === KIND.DeviceCode ? storedKey(id) : null;
    if (stored !== null) {
      return { kind: this.#kind, ...stored };
    }
    const hashed = this.#kind === KIND.Grant ? plainId(id) : this.#deps.hash(`oidc ${id}`).toString("hex");
    return { home: homeOfToken(id), kind: this.#kind, id: hashed };
  }

  /** The id is the credential, so it is not stored: it is removed from the payload, and added again from the request. */
  #conceal(payload: AdapterPayload): Payload {
    const { jti, ...rest } = payload;
    if (this.#kind === KIND.Grant) {
      return { jti, ...rest };
    }
    return this.#kind === KIND.Interaction && jti !== undefined
      ? endsSoon(concealInteraction(rest, jti), epochSeconds(now()))
      : rest;
  }

  /** A signed-in session remembers the browser that used it last. */
  #withDevice(payload: Payload, work: UnitOfWork | undefined): Payload {
    const device =
      this.#kind === KIND.Session && payload["accountId"] !== undefined ? (work?.device ?? null) : null;
    return device === null ? payload : { ...payload, device };
  }

  #reveal(found: StoredModel, id: string | undefined): AdapterPayload | undefined {
    const { grant, account, consumedAt } = found;
    // oidc-provider mutates the payload, and `upsert` compares with what was read.
    const payload = copyJson(found.payload);
    if (grant === null) {
      return undefined;
    }
    const isValid = isStillValid(this.#kind, payload, account);
    if (!isValid && this.#kind !== KIND.Interaction) {
      return undefined;
    }
    return {
      ...(this.#kind === KIND.Interaction && id !== undefined
        ? revealInteraction(payload, { uid: id, isValid })
        : payload),
      ...(id === undefined ? {} : { jti: id }),
      ...(consumedAt === null ? {} : { consumed: epochSeconds(consumedAt) }),
    };
  }
}

/** How long a row is kept after its model has expired: an interaction for a day, so that a page that was left open can say where to go (expired-page-return.ts). */
const keptSeconds = (kind: Kind): number => (kind === KIND.Interaction ? 24 * 60 * 60 : 0);

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);
