import type { Queryable } from "../database/database.ts";
import { daysAfter, type Clock } from "../kernel/clock.ts";
import type { MessageQueue } from "../messages/message.ts";
import type { Notice, Notices } from "../messages/notices.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { maskNumber } from "./mobile-number.ts";
import type { Challenged } from "./second-factor-check.ts";
import type { SmsBudget } from "./sms-budget.ts";

/** Notices about somebody's mobile number. */
export type NumberNotice = Extract<Notice, `number${string}`>;

/** Makes the address behind "this was not me"; null where there is none to give. */
export type NotMe = ((tx: Queryable, person: Challenged) => Promise<string>) | null;

interface Parts {
  readonly notices: Notices;
  readonly queue: MessageQueue;
  readonly budget: SmsBudget;
  readonly offices: OfficeStore;
  readonly clock: Clock;
  readonly notMe: NotMe;
  readonly text: (
    language: string,
    notice: NumberNotice,
    values: Readonly<Record<string, string | number>>,
  ) => string;
}

/** Tells somebody what happens to the number: by mail, and on the phone that is losing its part in it. */
export class NumberNotices {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `old`: the number that was confirmed before; null when there was none. `number`: the one that it is about. */
  async tell(
    tx: Queryable,
    person: Challenged,
    { notice, number, old }: { notice: NumberNotice; number: string; old: string | null },
  ): Promise<void> {
    const { notices, notMe } = this.#parts;
    const link = notMe === null ? "" : await notMe(tx, person);
    const values = { number: maskNumber(number), hasLink: notMe === null ? "no" : "yes", link };
    await notices.send(tx, person, notice, values);
    if (old !== null) {
      await this.#tellPhone(tx, person, { old, notice, values });
    }
  }

  /** Within the budget: whoever knows a password must not make a stranger's phone ring for ever. The mail goes anyway. */
  async #tellPhone(
    tx: Queryable,
    person: Challenged,
    sms: { old: string; notice: NumberNotice; values: Readonly<Record<string, string>> },
  ): Promise<void> {
    const { queue, budget, offices, clock, text } = this.#parts;
    const now = clock();
    const office = await offices.find(person.officeId, tx);
    const asked = { person, number: sms.old, binding: null, visitor: null };
    if (office === null || (await budget.count(tx, { ...asked, office }, now)) !== null) {
      return;
    }
    await queue.send(tx, {
      channel: "sms",
      to: sms.old,
      text: text(person.language, sms.notice, sms.values),
      officeId: person.officeId,
      until: daysAfter(now, 1),
    });
  }
}
