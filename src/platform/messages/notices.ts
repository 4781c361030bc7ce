import type { TextValues } from "../../kernel/languages.ts";
import type { Queryable } from "../database/database.ts";
import type { MailView } from "./mail-view.ts";
import type { MessageQueue } from "./message.ts";

/** Mails that tell somebody what happened to their account; none holds a code or a secret. */
export type Notice =
  | "blocked"
  | "factorEnrolled"
  | "factorReset"
  | "factorResetAsked"
  | "recoveryCodeUsed"
  | "recoveryCodesLow"
  // These three are asked for, and the first two hold a link that works once.
  | "passwordLink"
  | "invitation"
  | "officeCodes"
  | "passwordChanged"
  | "passwordReset"
  | "passwordResetLifted"
  | "passwordChangedHere"
  | "profileChanged"
  | "mailChangeLink"
  | "mailChangeAsked"
  | "mailChanged"
  | "mailReplaced"
  | "mailEntered"
  | "sessionsEnded"
  | "sessionsEndedByOffice"
  | "roleChanged"
  | "accessRevoked"
  | "browserTrusted"
  | "trustEnded"
  | "trustEndedByOffice"
  | "recoveryCodesMade"
  | "numberConfirmed"
  | "numberChanged"
  | "numberRequested"
  | "numberApproved"
  | "numberCancelled"
  | "numberReplaced"
  | "numberRemoved"
  | "numberSwitchedOff";

export interface Recipient {
  /** The office of the transaction; null in one that works for none. */
  readonly officeId: string | null;
  readonly name: string;
  readonly mail: string | null;
  readonly language: string;
}

/** Writes notices in the language of their reader, in the transaction of what they tell. */
export class Notices {
  readonly #queue: MessageQueue | null;
  readonly #view: MailView;

  constructor(deps: { queue: MessageQueue | null; view: MailView }) {
    this.#queue = deps.queue;
    this.#view = deps.view;
  }

  /** Answers whether a mail goes out: not where there is no address, or no gateway. */
  async send(tx: Queryable, to: Recipient, notice: Notice, values: TextValues): Promise<boolean> {
    if (this.#queue === null || to.mail === null) {
      return false;
    }
    const written = this.#view.write(to.language, `notice.${notice}`, { ...values, name: to.name });
    await this.#queue.send(tx, { channel: "mail", to: to.mail, officeId: to.officeId, ...written });
    return true;
  }
}
