import { minutesAfter, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

const TRIES = 20;
const WINDOW_MINUTES = 15;

/**
 * Blocks a network address that keeps sending incorrect secrets for an application. Secrets are 256 random bits and
 * cannot be guessed; this limits the load and alerts the operator. Correct secrets need no database query: a process
 * remembers what it has to block, and refreshes that from the shared counter at the next incorrect secret.
 */
export class ClientSecretGuard {
  readonly #store: RateLimitStore;
  readonly #audit: AuditStore;
  readonly #hash: KeyedHash;
  readonly #stopped = new Map<string, Date>();

  constructor(deps: { store: RateLimitStore; audit: AuditStore; hash: KeyedHash }) {
    this.#store = deps.store;
    this.#audit = deps.audit;
    this.#hash = deps.hash;
  }

  isStopped(clientId: string, visitor: Visitor | undefined): boolean {
    const until = this.#stopped.get(nameOf(clientId, visitor));
    return until !== undefined && until > now();
  }

  async countWrong(clientId: string, visitor: Visitor | undefined): Promise<void> {
    const name = nameOf(clientId, visitor);
    const at = now();
    const key = this.#hash(`guard client ${name}`);
    const limit = { scope: "client-secret", key, limit: TRIES, minutes: WINDOW_MINUTES };
    const [counted] = await this.#store.reserve([limit], at);
    if (counted !== undefined && counted.used < TRIES) {
      return;
    }
    this.#forgetOld(at);
    this.#stopped.set(name, minutesAfter(at, WINDOW_MINUTES));
    await this.#audit.addAlone({
      type: "application.wrong-secret",
      outcome: "alarm",
      officeId: null,
      actor: "visitor",
      subject: clientId,
      visitor,
      details: { tries: TRIES },
    });
  }

  #forgetOld(now: Date): void {
    for (const [name, until] of this.#stopped) {
      if (until <= now) {
        this.#stopped.delete(name);
      }
    }
  }
}

/** Another address in the same IPv6 /64 does not get a new limit. */
const nameOf = (clientId: string, visitor: Visitor | undefined) =>
  JSON.stringify([clientId, visitor?.addressGroup ?? ""]);
