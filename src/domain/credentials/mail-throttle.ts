import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { RateLimit, RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

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
  /** Names the form with what was typed in it: sent twice within a minute, it counts once. Null: each request counts. */
  readonly form?: string | null | undefined;
}

export type MailDecision =
  /** A mail may be sent. `isLast`: the next one has to wait until the hour of the first has passed. */
  | { readonly type: "allowed"; readonly isLast: boolean }
  /** The same form was allowed a moment ago, such as by a double click: this one has not counted. Users who exist and others are alike. */
  | { readonly type: "repeated" }
  /** The limit of this recipient is reached: no mail is sent, and the visitor does not learn it. */
  | { readonly type: "recipient-limit" }
  /** The limit of this network is reached. That is no secret. */
  | { readonly type: "too-many"; readonly until: Date };

interface Deps {
  readonly store: RateLimitStore;
  readonly database: Database;
  readonly hash: KeyedHash;
}

/** Stops a visitor from flooding a mailbox, and from trying names by the thousand. */
export class MailThrottle {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Counts a request before anything is looked up. */
  async reserve(request: MailRequest): Promise<MailDecision> {
    const { store, database } = this.#deps;
    const at = now();
    const mailbox = this.#mailbox(request);
    const [form, networks] = [this.#form(request), this.#networks(request)];
    const work = async (tx: Queryable): Promise<MailDecision> => {
      const counted = await store.reserve([mailbox, ...form, ...networks], at, tx);
      const isFull = ({ scope }: RateLimit) => counted.every((one) => one.scope !== scope);
      if (form.some(isFull)) {
        throw new Refused([]);
      }
      if (networks.some(isFull)) {
        throw new Refused(networks.filter(isFull));
      }
      if (isFull(mailbox)) {
        // It has caused no mail: once more, it is refused once more.
        await store.giveBack(form, tx);
        return { type: "recipient-limit" };
      }
      const used = counted.find(({ scope }) => scope === mailbox.scope)?.used;
      return { type: "allowed", isLast: used === mailbox.limit };
    };
    // Two of the same form wait for each other here, and what is refused counts nowhere: a full /64 must not use up what its
    // neighbours in the /48 may still try.
    return database.transaction(work).catch(async (error: unknown) => {
      if (!(error instanceof Refused)) {
        throw error;
      }
      return error.full.length === 0
        ? { type: "repeated" }
        : { type: "too-many", until: await store.refusedUntil(error.full, at) };
    });
  }

  /** Does what was allowed. Where that fails, the same form may try again at once. */
  async releasing<T>(request: MailRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#deps.store.giveBack(this.#form(request));
      throw error;
    }
  }

  #mailbox({ purpose, recipient }: MailRequest): RateLimit {
    const key = this.#deps.hash(`mail to ${purpose} ${recipient}`);
    return { scope: "mail-recipient", key, limit: MAILS_AN_HOUR[purpose], ...HOUR };
  }

  #form({ purpose, recipient, form = null }: MailRequest): RateLimit[] {
    const key = this.#deps.hash(`mail by form ${JSON.stringify([purpose, recipient, form])}`);
    return form === null ? [] : [{ scope: "mail-form", key, limit: 1, minutes: 1 }];
  }

  #networks({ addressGroup }: MailRequest): RateLimit[] {
    const limit = { scope: "mail-address", limit: REQUESTS_AN_HOUR, ...HOUR } as const;
    return addressGroup === null
      ? []
      : networkLimits(addressGroup, limit, (network) => this.#deps.hash(`mail from ${network}`));
  }
}

/** Rolls back what was counted. `full`: the limits of networks that refuse; empty for a form that comes once more. */
class Refused extends Error {
  readonly full: readonly RateLimit[];

  constructor(full: readonly RateLimit[]) {
    super("The request does not count.");
    this.full = full;
  }
}
