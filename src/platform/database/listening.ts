import type { PoolClient } from "pg";
import { stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { answeredWithin } from "./connection.ts";
import type { ConnectionPool } from "./pool.ts";

/** Receives the notifications of a channel, and is notified when some may have been missed. */
export interface Listener {
  notified(payload: string): void;
  /** All notifications from now on will arrive; earlier ones may have been missed. */
  connected(): void;
  disconnected(): void;
}

export interface Listening {
  /** Until when all notifications have certainly arrived, in stopwatch milliseconds; null while disconnected. */
  confirmedAt(): number | null;
}

export interface Heartbeat {
  /** Interval of queries on the listening connection. */
  readonly everyMs: number;
  /** Limit for the answer; after it the connection counts as lost. */
  readonly answerMs: number;
}

/** A connection that only listens sends nothing, and would not notice a dead server. */
export const HEARTBEAT: Heartbeat = { everyMs: 15_000, answerMs: 3_000 };

const AGAIN_MS = 1_000;

export interface ListeningDeps {
  readonly pool: ConnectionPool;
  readonly heartbeat: Heartbeat;
  readonly log: Log;
}

/** Keeps one connection for what belongs to it, such as a channel that it listens to, and reconnects when it is lost. */
export class ChannelListening implements Listening {
  readonly #deps: ListeningDeps;
  readonly #first: () => string;
  readonly #listener: Listener;
  #client: PoolClient | null = null;
  #confirmedAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `first`: the statement with which each connection begins. */
  constructor(deps: ListeningDeps, first: () => string, listener: Listener) {
    this.#deps = deps;
    this.#first = first;
    this.#listener = listener;
  }

  confirmedAt(): number | null {
    return this.#confirmedAt;
  }

  async open(): Promise<void> {
    const client = await this.#deps.pool.take();
    try {
      client.on("notification", ({ payload }) => {
        this.#listener.notified(payload ?? "");
      });
      await this.#confirm(client, this.#first());
    } catch (error) {
      client.release(true);
      throw error;
    }
    if (this.#isClosed) {
      client.release(true);
      return;
    }
    this.#client = client;
    client.once("end", () => {
      this.#lost(client);
    });
    this.#listener.connected();
    this.#beatLater(client);
  }

  /** Opens it now, or later when the database cannot be reached. */
  async openOrLater(): Promise<void> {
    try {
      await this.open();
    } catch {
      this.#openLater(true);
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client?.release(true);
    this.#client = null;
    this.#confirmedAt = null;
  }

  /** PostgreSQL sends notifications before the answer, so an answer confirms that all until the query have arrived. */
  async #confirm(client: PoolClient, text: string): Promise<void> {
    const askedAt = stopwatch();
    await answeredWithin(client, this.#deps.heartbeat.answerMs, client.query(text));
    this.#confirmedAt = askedAt;
  }

  #beatLater(client: PoolClient): void {
    this.#later(this.#deps.heartbeat.everyMs, async () => {
      try {
        await this.#confirm(client, "select 1");
      } catch {
        this.#lost(client);
        return;
      }
      if (this.#client === client) {
        this.#beatLater(client);
      }
    });
  }

  #lost(client: PoolClient): void {
    if (this.#client !== client) {
      return;
    }
    this.#client = null;
    this.#confirmedAt = null;
    clearTimeout(this.#timer);
    client.release(true);
    this.#listener.disconnected();
    this.#openLater(true);
  }

  /** Logs the first failure only: the database may be down for hours. */
  #openLater(isFirst: boolean): void {
    this.#later(AGAIN_MS, async () => {
      try {
        await this.open();
      } catch (error) {
        if (isFirst) {
          this.#deps.log.warn({ error }, "cannot listen to the database yet");
        }
        this.#openLater(false);
      }
    });
  }

  #later(ms: number, work: () => Promise<void>): void {
    if (!this.#isClosed) {
      this.#timer = setTimeout(() => void work(), ms);
      this.#timer.unref();
    }
  }
}
