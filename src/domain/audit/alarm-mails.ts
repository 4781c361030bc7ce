import { setInterval } from "node:timers";
import type { Translate } from "../../kernel/languages.ts";
import type { Log } from "../../kernel/log.ts";
import type { MailView } from "../../platform/messages/mail-view.ts";
import type { MessageQueue } from "../../platform/messages/message.ts";
import type { AlarmGroup, AlarmStore } from "./alarm-store.ts";

interface Deps {
  readonly store: AlarmStore;
  /** Null where mails cannot be sent. */
  readonly queue: MessageQueue | null;
  readonly view: MailView;
  readonly texts: { in(language: string): Translate };
  readonly addresses: readonly string[];
  readonly log: Log;
  /** Milliseconds between two checks. */
  readonly everyMs?: number;
}

const EVERY_MS = 5_000;
/** Beyond this many kinds in an hour, the mail only says that there are more. */
const MAX_LINES = 50;
/** The log and the command line are in English as well. */
const LANGUAGE = "en";

/**
 * Mails alarms to the operator's recipients: the first one soon, then one mail an hour. Every server process has
 * one of these; the first to ask takes the turn.
 */
export class AlarmMails {
  readonly #deps: Deps;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  start(): void {
    const { queue, addresses, everyMs = EVERY_MS } = this.#deps;
    if (queue === null || addresses.length === 0) {
      return;
    }
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#round());
    }, everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    await this.#running;
  }

  /** Sends the mails that are due; returns how many. */
  send(): Promise<number> {
    const { store, queue, addresses } = this.#deps;
    return store.transaction(async (tx) => {
      const groups = queue === null || addresses.length === 0 ? [] : await store.take(tx);
      if (queue === null || groups.length === 0) {
        return 0;
      }
      const mail = this.#write(groups);
      for (const to of addresses) {
        await queue.send(tx, { channel: "mail", to, officeId: null, ...mail });
      }
      return addresses.length;
    });
  }

  async #round(): Promise<void> {
    try {
      await this.send();
    } catch (error) {
      this.#deps.log.warn({ error }, "alarms were not sent by mail and will be later");
    }
  }

  #write(groups: readonly AlarmGroup[]) {
    const t = this.#deps.texts.in(LANGUAGE);
    const lines = groups.slice(0, MAX_LINES).map(({ type, officeCode, count, first, last, requestIds }) =>
      t("alarms.line", {
        ...{ type, count, office: officeCode ?? "", hasOffice: officeCode === null ? "no" : "yes" },
        ...{ first: inMinutes(first), last: inMinutes(last) },
        ...{ requests: requestIds.join(", "), hasRequests: requestIds.length === 0 ? "no" : "yes" },
      }),
    );
    const count = groups.reduce((sum, group) => sum + group.count, 0);
    const since = new Date(Math.min(...groups.map(({ first }) => first.getTime())));
    return this.#deps.view.write(
      LANGUAGE,
      "alarms",
      { count, list: lines.join("\n\n"), since: since.toISOString().replace(/\.\d+Z$/, "Z") },
      { footer: "alarms.footer" },
    );
  }
}

/** `2026-01-31 08:05 UTC` */
const inMinutes = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
