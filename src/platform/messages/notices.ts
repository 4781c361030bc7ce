import type { TextValues } from "../../kernel/languages.ts";
import type { Queryable } from "../database/database.ts";
import type { MailLook, MailView } from "./mail-view.ts";
import type { MessageQueue } from "./message.ts";

/** Mails that notify users of changes to their account. None contains a code or a secret. */
export type Notice =
  | "blocked"
  | "factorEnrolled"
  | "factorReset"
  | "setUpOpened"
  | "factorResetAsked"
  | "recoveryCodeUsed"
  | "recoveryCodesLow"
  // Requested mails; the first two contain a single-use link.
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
  | "accountDeleted"
  | "roleChanged"
  // To the superusers of an office, about one of them.
  | "superuserChanged"
  | "superuserAsked"
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
  /** The office of the transaction; null in a transaction of no office. */
  readonly officeId: string | null;
  readonly name: string;
  readonly mail: string | null;
  readonly language: string;
}

/** The look of an office; null for one that does not exist. In the transaction of the notice. */
type LookOf = (tx: Queryable, officeId: string) => Promise<MailLook | null>;

/** Sends notices in the recipient's language, in the transaction of the change that they report. */
export class Notices {
  readonly #queue: MessageQueue | null;
  readonly #view: MailView;
  readonly #lookOf: LookOf;

  constructor(deps: { queue: MessageQueue | null; view: MailView; lookOf: LookOf }) {
    this.#queue = deps.queue;
    this.#view = deps.view;
    this.#lookOf = deps.lookOf;
  }

  /** Returns whether a mail is sent: without an address or a gateway there is none. */
  async send(tx: Queryable, to: Recipient, notice: Notice, values: TextValues): Promise<boolean> {
    if (this.#queue === null || to.mail === null) {
      return false;
    }
    const office = to.officeId === null ? null : await this.#lookOf(tx, to.officeId);
    const written = this.#view.write(
      to.language,
      `notice.${notice}`,
      { ...values, name: to.name },
      { office },
    );
    await this.#queue.send(tx, { channel: "mail", to: to.mail, officeId: to.officeId, ...written });
    return true;
  }
}
