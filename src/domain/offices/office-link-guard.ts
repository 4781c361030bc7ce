import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { RateLimit, RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

/** Different codes an hour from one network address, whether or not an office has them. */
const CODES_AN_HOUR = 30;

/**
 * Limits the links of offices that one network address opens. Such a link shows the office's name to anyone with its
 * code, so codes could be tried until a list of all customers is complete. The same code again costs nothing: a whole
 * company behind one address opens its own link (docs/decisions/0054).
 */
export class OfficeLinkGuard {
  readonly #store: RateLimitStore;
  readonly #hash: KeyedHash;

  constructor(deps: { store: RateLimitStore; hash: KeyedHash }) {
    this.#store = deps.store;
    this.#hash = deps.hash;
  }

  /** Counts before anything is looked up. Returns until when the address has to wait; null when it may open the link. */
  async reserve(code: string, { addressGroup }: Visitor): Promise<Date | null> {
    const limit: RateLimit = {
      scope: "office-link-address",
      key: this.#hash(`office links from ${addressGroup}`),
      limit: CODES_AN_HOUR,
      minutes: 60,
    };
    const at = now();
    if ((await this.#store.reserve([limit], at)).length === 0) {
      const [full] = await this.#store.findFull([limit], at);
      return full?.until ?? at;
    }
    await this.#store.fail([limit], limit, this.#hash(`office link ${code}`).readInt32BE());
    return null;
  }
}
