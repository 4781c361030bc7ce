import type { TextValues } from "../../kernel/languages.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import type { MessageQueue } from "../../platform/messages/message.ts";
import type { Notice, Notices } from "../../platform/messages/notices.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { unbrokenMask } from "./mobile-number.ts";
import type { NoticeChannel } from "./number-store.ts";
import type { UserContact } from "./code-try.ts";
import type { SmsBudget } from "./sms-budget.ts";

/** Notices about a user's mobile number. */
export type NumberNotice = Extract<Notice, `number${string}`>;

/** Makes the address for "this was not me"; null where a notice has no such link. */
type DisputeLink = ((tx: Queryable, user: UserContact) => Promise<string>) | null;

interface Deps {
  readonly notices: Notices;
  /** For text messages; null where none can be sent. */
  readonly queue: MessageQueue | null;
  readonly budget: SmsBudget;
  readonly offices: OfficeStore;
  readonly disputes: DisputeLink;
  readonly text: (language: string, notice: NumberNotice, values: TextValues) => string;
}

interface Values extends Readonly<Record<string, string>> {
  readonly number: string;
  /** `ended`: the user's recovery codes ended with the number. */
  readonly codes: "ended" | "none";
}

/** Notifies a user about a change of the number: by mail, and by text message to the phone that loses its role. */
export class NumberNotices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Returns the channels used. `old`: the previously confirmed number; null when there was none. `number`: the number that the notice is about. */
  async send(
    tx: Queryable,
    user: UserContact,
    {
      notice,
      number,
      old,
      codesEnded = 0,
    }: { notice: NumberNotice; number: string; old: string | null; codesEnded?: number },
  ): Promise<readonly NoticeChannel[]> {
    const { notices, disputes } = this.#deps;
    const link = disputes === null ? "" : await disputes(tx, user);
    const codes = codesEnded === 0 ? "none" : "ended";
    const hasLink = disputes === null ? "no" : "yes";
    const values = { number: unbrokenMask(number), hasLink, link, codes } as const;
    const isMailed = await notices.send(tx, user, notice, values);
    const isTexted = old !== null && (await this.#sendText(tx, user, { old, notice, values }));
    return [...(isMailed ? (["mail"] as const) : []), ...(isTexted ? (["phone"] as const) : [])];
  }

  /** Within the budget: an attacker with a password must not be able to flood another person's phone. The mail is sent anyway. */
  async #sendText(
    tx: Queryable,
    user: UserContact,
    sms: { old: string; notice: NumberNotice; values: Values },
  ): Promise<boolean> {
    const { queue, budget, offices, text } = this.#deps;
    if (queue === null) {
      return false;
    }
    const at = now();
    const office = await offices.find(user.officeId, tx);
    const asked = { user, number: sms.old, binding: null, visitor: null };
    if (office === null || (await budget.count(tx, { ...asked, office }, at)) !== null) {
      return false;
    }
    await queue.send(tx, {
      channel: "sms",
      to: sms.old,
      text: text(user.language, sms.notice, { ...sms.values, number: inShortAlphabet(sms.values.number) }),
      officeId: user.officeId,
      until: daysAfter(at, 1),
    });
    return true;
  }
}

/** Bullets would double the message's price: the short alphabet (GSM 03.38) has only stars and plain spaces. */
const inShortAlphabet = (masked: string): string => masked.replaceAll("•", "*").replaceAll("\u00a0", " ");
