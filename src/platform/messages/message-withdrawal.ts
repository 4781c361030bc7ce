import type { Queryable } from "../database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import { openMessage } from "./message-content.ts";
import type { MessageStore } from "./message-store.ts";

interface Deps {
  readonly store: MessageStore;
  readonly box: SecretBox;
}

const BATCH = 500;

/** Takes back messages that were not sent yet, because their recipient does not exist any more. */
export class MessageWithdrawal {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In a transaction of an office: its waiting messages to one of these addresses and numbers lose their content, for good. */
  async withdraw(tx: Queryable, recipients: readonly string[]): Promise<void> {
    const { store, box } = this.#deps;
    const wanted = new Set(recipients.map((recipient) => recipient.toLowerCase()));
    let after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const waiting = await store.findWaiting(tx, after, BATCH);
      const last = waiting.at(-1);
      if (last === undefined) {
        return;
      }
      const theirs = waiting.filter(({ id, sealed }) =>
        wanted.has(openMessage(box, id, sealed).to.toLowerCase()),
      );
      await store.withdraw(
        tx,
        theirs.map(({ id }) => id),
        now(),
      );
      after = last.id;
    }
  }
}
