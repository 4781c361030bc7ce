import type { AuditStore } from "../../audit/audit-store.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import { networkLimits } from "../../../platform/limits/network-limits.ts";
import type { RateLimit, RateLimitStore } from "../../../platform/limits/rate-limit-store.ts";
import { recordStop, type CodeStop, type MessageBudget } from "../message-budget.ts";
import type { CountedRequest } from "../sent-code-service.ts";
import { countedAddress } from "./email-address.ts";

interface Deps {
  readonly store: RateLimitStore;
  readonly hash: KeyedHash;
  readonly audit: AuditStore;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** Messages with a code, as many as of text messages. A mail costs nothing: what is limited is flooding a mailbox. */
const MOST = { perSignIn: 4, perMailboxHour: 5, perMailboxDay: 10, perAccountDay: 10, perAddressHour: 20 };

/** The counters, and the stop that each causes when it is full. */
const STOPS = {
  "email-code-sign-in": "interaction",
  "email-code-mailbox-hour": "mailbox",
  "email-code-mailbox-day": "mailbox",
  "email-code-account": "account",
  "email-code-address": "address",
  "email-code-address-56": "address",
  "email-code-address-48": "address",
} as const satisfies Record<string, CodeStop>;

type EmailScope = keyof typeof STOPS;

/** A limit of codes by email. */
export interface EmailLimit extends RateLimit {
  readonly scope: EmailScope;
}

/** Limits the codes that are sent by email: for each sign-in, mailbox, account and network. */
export class EmailBudget {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What a message counts on. */
  budgetOf(asked: CountedRequest): MessageBudget<EmailLimit> {
    return { limits: this.#limitsOf(asked), watched: null };
  }

  /** Records a stop, and names it. */
  async recordStop({ user, visitor }: CountedRequest, full: EmailLimit, at: Date): Promise<CodeStop> {
    const by = STOPS[full.scope];
    await recordStop(this.#deps, { type: "email-code.stopped", user, visitor, full, by, at });
    return by;
  }

  #limitsOf({ user, to, binding, visitor }: CountedRequest): EmailLimit[] {
    const mailbox = countedAddress(to);
    return [
      this.#limit("email-code-sign-in", binding, [MOST.perSignIn, DAY]),
      this.#limit("email-code-mailbox-hour", mailbox, [MOST.perMailboxHour, HOUR]),
      this.#limit("email-code-mailbox-day", mailbox, [MOST.perMailboxDay, DAY]),
      this.#limit("email-code-account", user.id, [MOST.perAccountDay, DAY]),
      ...this.#limitsOfNetwork(visitor.addressGroup),
    ];
  }

  #limitsOfNetwork(addressGroup: string): EmailLimit[] {
    const limit = { scope: "email-code-address", limit: MOST.perAddressHour, minutes: HOUR } as const;
    return networkLimits(addressGroup, limit, (network) => this.#key("email-code-address", network));
  }

  #limit(scope: EmailScope, value: string, [limit, minutes]: readonly [number, number]): EmailLimit {
    return { scope, key: this.#key(scope, value), limit, minutes };
  }

  #key(scope: EmailScope, value: string): Buffer {
    return this.#deps.hash(`email code budget ${scope} ${value}`);
  }
}
