import type { Database, Statement } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { SendResult, MessageGateway } from "../../platform/messages/gateway.ts";
import type { Message } from "../../platform/messages/message.ts";

export interface OutboxEntry {
  readonly id: string;
  readonly at: Date;
  readonly channel: "mail" | "sms";
  readonly to: string;
  readonly subject: string | null;
  readonly text: string;
}

/** The number of newest messages that are kept and shown. */
const KEPT = 200;

const statements = {
  add: {
    name: "outbox_add",
    text: "insert into outbox_messages (at, channel, recipient, subject, body) values ($1, $2, $3, $4, $5)",
  },
  list: {
    name: "outbox_list",
    text: `select id, at, channel, recipient as "to", subject, body as text from outbox_messages
           order by id desc limit $1`,
  },
  trim: {
    name: "outbox_trim",
    text: `delete from outbox_messages where id <= (
             select id from outbox_messages order by id desc offset $1 limit 1)`,
  },
} as const satisfies Record<string, Statement>;

/** A gateway for development: messages go to a table and to the outbox page instead of a provider. */
export class OutboxStore implements MessageGateway {
  readonly capacity = null;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async send(id: string, message: Message): Promise<SendResult> {
    const subject = message.channel === "mail" ? message.subject : null;
    await this.#database.transaction(async (tx) => {
      await tx.query(statements.add, [now(), message.channel, message.to, subject, message.text]);
      await tx.query(statements.trim, [KEPT]);
    });
    return { type: "sent", providerId: id };
  }

  check(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  list(): Promise<OutboxEntry[]> {
    return this.#database.query<OutboxEntry>(statements.list, [KEPT]);
  }
}
