import type { AuditStore } from "../audit/audit-store.ts";
import { now } from "../../kernel/clock.ts";
import type { PersonalDataStore, PersonalEvent } from "./personal-data-store.ts";
import type { User } from "./user.ts";

interface Deps {
  readonly store: PersonalDataStore;
  readonly audit: AuditStore;
}

const BATCH = 1_000;

/**
 * Everything that Vestibule has about a user, as JSON for the user (GDPR articles 15 and 20): in a structured, common form, with times in
 * UTC. Passwords, keys and codes are not in it, and no data of other people.
 */
export class PersonalData {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In pieces, so that memory does not grow with the log. Recorded in the audit log before the first piece. */
  async *write({ id, officeId }: Pick<User, "id" | "officeId">, actor: string): AsyncGenerator<string, void> {
    const { store, audit } = this.#deps;
    await audit.addAlone({ type: "user.data-exported", outcome: "ok", officeId, actor, subject: id });
    const data = await store.account(officeId, id, now());
    yield `${JSON.stringify({ exportedAt: now().toISOString(), ...data }, null, 2).slice(0, -2)},\n  "events": [`;
    let isFirst = true;
    for await (const events of this.#events(officeId, id)) {
      yield events
        .map((event, place) => `${isFirst && place === 0 ? "" : ","}\n    ${JSON.stringify(event)}`)
        .join("");
      isFirst = false;
    }
    yield isFirst ? "]\n}\n" : "\n  ]\n}\n";
  }

  /** Of the office's log, then of the log without an office, which has what applications do on the user's behalf. */
  async *#events(officeId: string, id: string): AsyncGenerator<object[], void> {
    yield* this.#eventsOf(officeId, id);
    yield* this.#eventsOf(null, id);
  }

  async *#eventsOf(log: string | null, id: string): AsyncGenerator<object[], void> {
    for (let after: string | undefined = "0"; after !== undefined;) {
      const events: PersonalEvent[] = await this.#deps.store.events(log, id, { after, limit: BATCH });
      if (events.length > 0) {
        yield events.map(({ id: _, ...event }) => event);
      }
      after = events.length < BATCH ? undefined : events.at(-1)?.id;
    }
  }
}
