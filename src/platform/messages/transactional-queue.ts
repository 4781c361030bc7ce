import type { Queryable } from "../database/database.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import { homeOf, idAt, NO_OFFICE } from "../../kernel/home.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Message, MessageQueue, PreparedMessage } from "./message.ts";
import { sealMessage } from "./message-content.ts";
import { QUEUES } from "./message-jobs.ts";
import type { MessageStore } from "./message-store.ts";

interface Deps {
  readonly store: MessageStore;
  readonly box: SecretBox;
}

/** Stores a message and its delivery job in the caller's transaction (a transactional outbox): without a commit, no message is sent. */
export class TransactionalQueue implements MessageQueue {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async send(tx: Queryable, message: Message): Promise<string> {
    const { id, json } = this.prepare(message);
    await this.#deps.store.add(tx, message.officeId, { json, at: now() });
    return id;
  }

  prepare(message: Message): PreparedMessage {
    const { channel, officeId } = message;
    const home = officeId === null ? NO_OFFICE : homeOf(officeId);
    const id = idAt(home);
    const until = message.until ?? daysAfter(now(), 1);
    const sealed = sealMessage(this.#deps.box, id, message).toString("hex");
    return {
      id,
      json: JSON.stringify({ id, channel, sealed, until, job: idAt(home), queue: QUEUES[channel] }),
    };
  }
}
