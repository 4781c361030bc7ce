import type { Adapter, AdapterPayload } from "oidc-provider";

const store = new Map<string, AdapterPayload>();
const sessions = new Map<string, string>();
const families = new Map<string, string[]>();

/**
 * oidc-provider's models in plain maps. The library's own memory adapter keeps the last thousand entries only, and
 * walks a grant's whole family with every token; this one drops nothing and does the least that an adapter can.
 */
export class MapAdapter implements Adapter {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve(store.get(this.#key(id)));
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.find(sessions.get(uid) ?? "");
  }

  upsert(id: string, payload: AdapterPayload): Promise<void> {
    const key = this.#key(id);
    if (this.#name === "Session" && payload.uid !== undefined) {
      sessions.set(payload.uid, id);
    }
    if (payload.grantId !== undefined && this.#name !== "Interaction") {
      const family = families.get(payload.grantId);
      if (family === undefined) {
        families.set(payload.grantId, [key]);
      } else if (!store.has(key)) {
        family.push(key);
      }
    }
    store.set(key, payload);
    return Promise.resolve();
  }

  consume(id: string): Promise<void> {
    const found = store.get(this.#key(id));
    if (found !== undefined) {
      found.consumed = Math.floor(Date.now() / 1000);
    }
    return Promise.resolve();
  }

  destroy(id: string): Promise<void> {
    store.delete(this.#key(id));
    return Promise.resolve();
  }

  revokeByGrantId(grantId: string): Promise<void> {
    for (const key of families.get(grantId) ?? []) {
      store.delete(key);
    }
    families.delete(grantId);
    return Promise.resolve();
  }

  findByUserCode(): Promise<undefined> {
    return Promise.reject(new Error("The device flow is off."));
  }

  #key(id: string): string {
    return `${this.#name}:${id}`;
  }
}
