import type { Queryable } from "../database/database.ts";
import { randomId } from "../kernel/random.ts";
import type { Message, MessageGateway, MessageQueue } from "./message.ts";

/** Hands every message to the outbox at once. */
export class OutboxQueue implements MessageQueue {
  readonly #outbox: MessageGateway;

  constructor(outbox: MessageGateway) {
    this.#outbox = outbox;
  }

  async send(tx: Queryable, message: Message): Promise<string> {
    await this.#outbox.send(tx, message);
    return randomId();
  }
}
