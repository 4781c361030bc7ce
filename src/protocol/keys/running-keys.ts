import type { Provider } from "oidc-provider";
import type { SigningAlgorithm } from "../../domain/applications/application-settings.ts";
import { now } from "../../kernel/clock.ts";
import { useKeys } from "./library-keys.ts";
import { inSigningOrder, type SigningJwk, type SigningKey } from "./signing-key.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** The keys that this process publishes and signs with. oidc-provider has the same ones, in the order of signing. */
export class RunningKeys {
  readonly #source: Pick<SigningKeys, "read">;
  #keys: readonly SigningKey[];
  #order: string;
  #version = 0;
  #provider: Provider | null = null;
  /** Reads are numbered, so that a slow one does not bring back the keys of before. */
  #begun = 0;
  #taken = 0;

  constructor(source: Pick<SigningKeys, "read">, loaded: readonly SigningKey[]) {
    this.#source = source;
    this.#keys = loaded;
    this.#order = orderOf(loaded, now());
  }

  /** Rises whenever the published keys change. */
  get version(): number {
    return this.#version;
  }

  /** The keys as oidc-provider takes them. */
  get jwks(): readonly SigningJwk[] {
    return inSigningOrder(this.#keys, now());
  }

  /** From now on the provider gets every change. */
  attach(provider: Provider): void {
    this.#provider = provider;
  }

  async read(): Promise<void> {
    this.#begun += 1;
    const number = this.#begun;
    const keys = await this.#source.read();
    if (number > this.#taken && keys.length > 0) {
      this.#taken = number;
      this.#keys = keys;
      this.apply();
    }
  }

  /**
   * Reads the keys when there is none of this algorithm: an application may have been registered elsewhere a moment ago, with the first
   * key of its algorithm. The key is stored in the transaction of the application, so it is there.
   */
  async know(algorithm: SigningAlgorithm): Promise<void> {
    if (!this.#keys.some(({ jwk }) => jwk.alg === algorithm)) {
      await this.read();
    }
  }

  /** Passes the keys to oidc-provider when they have changed, or when a published one starts to sign. */
  apply(): void {
    const order = orderOf(this.#keys, now());
    if (order !== this.#order && this.#provider !== null) {
      useKeys(this.#provider, inSigningOrder(this.#keys, now()));
      this.#order = order;
      this.#version += 1;
    }
  }
}

const orderOf = (keys: readonly SigningKey[], now: Date): string =>
  inSigningOrder(keys, now)
    .map(({ kid }) => kid)
    .join(" ");
