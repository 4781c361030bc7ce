import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

/** Mails that an unauthenticated visitor can cause: limits per hour for one account or mail address, and for one network. */
const MAILS_AN_HOUR = { "password-link": 5, "office-code": 3, "mail-change": 5 } as const;
const REQUESTS_AN_HOUR = 30;

export interface MailRequest {
  readonly purpose: keyof typeof MAILS_AN_HOUR;
  /** The recipient, folded; counted whether or not the user exists. */
  readonly recipient: string;
  /** Network address, IPv6 cut to its /64. */
  readonly addressGroup: string;
}

export type MailDecision =
  /** A mail may be sent. */
  | { readonly type: "allowed" }
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
    const address = {
      scope: "mail-address",
      key: this.#hash(`mail from ${addressGroup}`),
      limit: REQUESTS_AN_HOUR,
      minutes: 60,
    };
    const mailbox = {
      scope: "mail-recipient",
      key: this.#hash(`mail to ${purpose} ${recipient}`),
      limit: MAILS_AN_HOUR[purpose],
      minutes: 60,
    };
    const at = now();
    if ((await this.#store.reserve([address], at)).length === 0) {
      const [full] = await this.#store.findFull([address], at);
      return { type: "too-many", until: full?.until ?? at };
    }
    return { type: (await this.#store.reserve([mailbox], at)).length === 0 ? "recipient-limit" : "allowed" };
  }
}
