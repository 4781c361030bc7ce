import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

/** Mails that an unauthenticated visitor can cause: limits per hour for one account or mail address, and for one network. */
const MAILS_AN_HOUR = { "password-link": 5, "office-code": 3, "mail-change": 5 } as const;
const REQUESTS_AN_HOUR = 30;
const HOUR = { minutes: 60 };

export interface MailRequest {
  readonly purpose: keyof typeof MAILS_AN_HOUR;
  /** The recipient, folded; counted whether or not the user exists. */
  readonly recipient: string;
  /** Network address, IPv6 cut to its /64; null for a request that must not be refused because of others in its network. */
  readonly addressGroup: string | null;
}

export type MailDecision =
  /** A mail may be sent. `isLast`: the next one has to wait until the hour of the first has passed. */
  | { readonly type: "allowed"; readonly isLast: boolean }
  /** The limit of this recipient is reached: no mail is sent, and the visitor does not learn it. */
  | { readonly type: "recipient-limit" }
  /** The limit of this network is reached. That is no secret. */
  | { readonly type: "too-many"; readonly until: Date };

/** Stops a visitor from flooding a mailbox, and from trying names by the thousand. */
export class MailThrottle {
  readonly #store: RateLimitStore;
  readonly #hash: KeyedHash;

  constructor(deps: { store: RateLimitStore; hash: KeyedHash }) {
    this.#store = deps.store;
    this.#hash = deps.hash;
  }

  /** Counts a request before anything is looked up. */
  async reserve({ purpose, recipient, addressGroup }: MailRequest): Promise<MailDecision> {
    const limit = MAILS_AN_HOUR[purpose];
    const mailbox = {
      scope: "mail-recipient",
      key: this.#hash(`mail to ${purpose} ${recipient}`),
      limit,
      ...HOUR,
    };
    const at = now();
    const until = addressGroup === null ? null : await this.#refusedUntil(addressGroup, at);
    if (until !== null) {
      return { type: "too-many", until };
    }
    const [counted] = await this.#store.reserve([mailbox], at);
    return counted === undefined
      ? { type: "recipient-limit" }
      : { type: "allowed", isLast: counted.used === limit };
  }

  /** Counts a request of the network; null when it is one of those that it may make. */
  #refusedUntil(addressGroup: string, at: Date): Promise<Date | null> {
    const limit = { scope: "mail-address", limit: REQUESTS_AN_HOUR, ...HOUR } as const;
    const limits = networkLimits(addressGroup, limit, (network) => this.#hash(`mail from ${network}`));
    return this.#store.reserveAll(limits, at);
  }
}
