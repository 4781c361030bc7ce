import type { Queryable } from "../database/database.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import { homeOf, idAt, NO_OFFICE } from "../../kernel/home.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Message, MessageQueue } from "./message.ts";
import { sealMessage } from "./message-content.ts";
import type { MessageJobs } from "./message-jobs.ts";
import type { MessageStore } from "./message-store.ts";

interface Deps {
  readonly store: MessageStore;
  readonly jobs: MessageJobs;
  readonly box: SecretBox;
}

/** Stores a message and its delivery job in the caller's transaction (a transactional outbox): without a commit, no message is sent. */
export class TransactionalQueue implements MessageQueue {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async send(tx: Queryable, message: Message): Promise<string> {
    const { store, jobs, box } = this.#deps;
    const { channel, officeId } = message;
    const id = idAt(officeId === null ? NO_OFFICE : homeOf(officeId));
    const at = now();
    const until = channel === "sms" ? message.until : daysAfter(at, 1);
    const sealed = sealMessage(box, id, message);
    await store.add(tx, { id, officeId, channel, sealed, until, at });
    await jobs.add(tx, { id, officeId }, { seconds: 0, channel });
    return id;
  }
}
