import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import type { User } from "../users/user.ts";
import { maskNumber } from "./mobile-number.ts";
import type { NumberNotice, NumberNotices } from "./number-notices.ts";
import type { NumberChange } from "./number-results.ts";
import type { NoticeChannel } from "./number-store.ts";
import type { UserContact } from "./code-try.ts";

interface Deps {
  readonly audit: AuditStore;
  readonly notices: NumberNotices;
  readonly offices: OfficeStore;
}

/** A change, for the audit log and the notices. */
export interface NumberEvent {
  readonly type: AuditType;
  readonly by: NumberChange;
  readonly notice: NumberNotice | null;
  readonly number: string;
  /** The previously confirmed number. */
  readonly old: string | null;
  /** Recovery codes that ended with the last factor. */
  readonly codesEnded?: number;
}

/** Records a change of a number and notifies its owner, in the transaction of the change. */
export class NumberChangeRecorder {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In the language of the user, or else of the office. */
  async add(tx: Queryable, user: User, event: NumberEvent): Promise<readonly NoticeChannel[]> {
    const office = await this.#deps.offices.find(user.officeId, tx);
    const language = user.language ?? office?.language ?? DEFAULT_LANGUAGE;
    return this.addFor(tx, { ...user, language }, event);
  }

  /** Returns the channels on which the owner is notified. */
  async addFor(tx: Queryable, user: UserContact, event: NumberEvent): Promise<readonly NoticeChannel[]> {
    const { audit, notices } = this.#deps;
    const { type, by, notice, number, old, codesEnded = 0 } = event;
    const codes = codesEnded === 0 ? {} : { recoveryCodesEnded: codesEnded };
    const reason = by.reason === null ? {} : { reason: by.reason };
    await audit.add(tx, {
      type,
      outcome: "ok",
      officeId: user.officeId,
      actor: by.actor,
      subject: user.id,
      visitor: by.visitor,
      details: {
        number: maskNumber(number),
        old: old === null ? null : maskNumber(old),
        ...codes,
        ...reason,
      },
    });
    return notice === null ? [] : notices.send(tx, user, { notice, number, old, codesEnded });
  }
}
