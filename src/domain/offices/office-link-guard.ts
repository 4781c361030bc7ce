import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

/** Different codes an hour from one network address, whether or not an office has them. */
const LIMIT = { scope: "office-link-address", limit: 30, minutes: 60 } as const;

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
    const limits = networkLimits(addressGroup, LIMIT, (network) =>
      this.#hash(`office links from ${network}`),
    );
    const at = now();
    const until = await this.#store.reserveAll(limits, at);
    if (until === null) {
      await this.#store.fail(limits, this.#hash(`office link ${code}`).readInt32BE(), at);
    }
    return until;
  }
}
