import { minutesAfter, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Application } from "./application.ts";
import { networkLimits, networksOf } from "../../platform/limits/network-limits.ts";
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
    const at = now();
    return networksOf(groupOf(visitor)).some((network) => {
      const until = this.#stopped.get(nameOf(clientId, network));
      return until !== undefined && until > at;
    });
  }

  /** An alarm is written to the log of the application's office. */
  async countWrong(
    { id: clientId, officeId }: Pick<Application, "id" | "officeId">,
    visitor: Visitor | undefined,
  ): Promise<void> {
    const at = now();
    const limits = networkLimits(
      groupOf(visitor),
      { scope: "client-secret", limit: TRIES, minutes: WINDOW_MINUTES },
      (network) => this.#hash(`guard client ${nameOf(clientId, network)}`),
    );
    const used = new Map((await this.#store.reserve(limits, at)).map((each) => [each.scope, each.used]));
    const full = limits.filter(({ scope, limit }) => (used.get(scope) ?? limit) >= limit);
    if (full.length === 0) {
      return;
    }
    this.#forgetOld(at);
    full.forEach(({ network }) => {
      this.#stopped.set(nameOf(clientId, network), minutesAfter(at, WINDOW_MINUTES));
    });
    await this.#audit.addAlone({
      type: "application.wrong-secret",
      outcome: "alarm",
      officeId,
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

const groupOf = (visitor: Visitor | undefined) => visitor?.addressGroup ?? "";

const nameOf = (clientId: string, network: string) => JSON.stringify([clientId, network]);
