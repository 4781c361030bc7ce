import type { Adapter, AdapterPayload } from "oidc-provider";
import { secondsAfter, now } from "../../kernel/clock.ts";
import { homeOfToken } from "../../kernel/home.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { UserCodeGuard } from "../../domain/applications/user-code-guard.ts";
import { isVisitor } from "../models/oidc-events.ts";
import type { OidcModelStore } from "../models/oidc-model-store.ts";
import { errors, Provider } from "../library.ts";

interface Deps {
  readonly store: OidcModelStore;
  readonly hash: KeyedHash;
  readonly userCodes: UserCodeGuard;
}

/** Seconds between two polls of a device (RFC 8628 section 3.2, the default). */
const INTERVAL_SECONDS = 5;

/**
 * Prefix of the id of a device code that was found by its user code. Only the hash of the code is stored, so the id
 * cannot be the code. The token endpoint does not accept such an id.
 */
const STORED_PREFIX = "stored";

/** The row key in such an id; null for every other id. */
export function storedKey(id: string): { home: number; id: string } | null {
  const [prefix, home, hash] = id.split(".");
  return prefix === STORED_PREFIX && hash !== undefined ? { home: Number(home), id: hash } : null;
}

/**
 * Device codes (RFC 8628), found by the device code and by the user code that a user types. Both are stored as hashes.
 * Both the typing of user codes and the polling of devices are rate-limited.
 */
export class DeviceCodeAdapter implements Adapter {
  readonly #models: Adapter;
  readonly #deps: Deps;

  constructor(models: Adapter, deps: Deps) {
    this.#models = models;
    this.#deps = deps;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const isDevice = Provider.ctx?.oidc.route === "token";
    if (isDevice && storedKey(id) !== null) {
      return undefined;
    }
    const found = (await this.#models.find(id)) ?? undefined;
    if (found !== undefined && isDevice && !(await this.#mayAsk(id))) {
      throw new errors.SlowDown();
    }
    return found;
  }

  /** Called for each user code that is typed. The try is counted before the lookup, so that parallel guesses count too. */
  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    const ctx = Provider.ctx;
    const known: unknown = ctx?.state["visitor"];
    const visitor = isVisitor(known) ? known : undefined;
    const { userCodes } = this.#deps;
    const tried = await userCodes.reserve(visitor);
    if (tried === null) {
      Object.assign(ctx?.state ?? {}, { tooManyUserCodes: true });
      return undefined;
    }
    let isWrong = false;
    try {
      const found = await this.#findStored(userCode);
      isWrong = found === undefined;
      return found === undefined ? undefined : { ...found, userCode };
    } finally {
      await (isWrong ? userCodes.fail(tried, visitor) : userCodes.giveBack(tried));
    }
  }

  async #findStored(userCode: string): Promise<AdapterPayload | undefined> {
    const key = await this.#deps.store.findDeviceCode(this.#userCodeHash(userCode));
    return key === null
      ? undefined
      : ((await this.#models.find([STORED_PREFIX, key.home, key.id].join("."))) ?? undefined);
  }

  upsert(id: string, { userCode, ...payload }: AdapterPayload, expiresIn: number): Promise<undefined | void> {
    const kept = userCode === undefined ? payload : { ...payload, uid: this.#userCodeHash(userCode) };
    return this.#models.upsert(id, kept, expiresIn);
  }

  consume(id: string): Promise<undefined | void> {
    return this.#models.consume(id);
  }

  destroy(id: string): Promise<undefined | void> {
    return this.#models.destroy(id);
  }

  revokeByGrantId(grantId: string): Promise<undefined | void> {
    return this.#models.revokeByGrantId(grantId);
  }

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  #mayAsk(id: string): Promise<boolean> {
    const { store, hash } = this.#deps;
    const at = now();
    const key = { home: homeOfToken(id), id: hash(`oidc ${id}`).toString("hex") };
    return store.askForDevice(key, { now: at, askedBefore: secondsAfter(at, -INTERVAL_SECONDS) });
  }

  #userCodeHash(userCode: string): string {
    return this.#deps.hash(`user code ${userCode}`).toString("hex");
  }
}
