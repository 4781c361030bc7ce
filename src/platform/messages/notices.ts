import { asksFor } from "../../kernel/asking-texts.ts";
import type { TextValues } from "../../kernel/languages.ts";
import type { Help } from "../../kernel/support-contact.ts";
import type { Queryable } from "../database/database.ts";
import type { MailLook, MailView } from "./mail-view.ts";
import type { MessageQueue, PreparedMessage } from "./message.ts";

/** Mails that notify users of changes to their account. None contains a code or a secret. */
export type Notice =
  | "blocked"
  | "factorEnrolled"
  | "passkeyAdded"
  | "emailCodeAdded"
  | "passwordLinkWithheld"
  | "factorRemoved"
  | "factorRemovedByOffice"
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
  | "sessionEndedByOffice"
  | "sessionsEndedByOffice"
  | "accountDeleted"
  | "roleChanged"
  // To the superusers of an office, about one of them.
  | "superuserChanged"
  | "superuserAsked"
  | "officeClosed"
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
  | "numberSwitchedOff"
  | "secondFactorSoon"
  | "passkeySoon"
  | "newBrowser";

export interface Recipient {
  /** The user; null where there is none, or where it is not known which of several. */
  readonly id: string | null;
  /** The office of the transaction; null in a transaction of no office. */
  readonly officeId: string | null;
  readonly name: string;
  readonly mail: string | null;
  readonly language: string;
}

/** The look of an office; null for one that does not exist. In the transaction of the notice. */
type LookOf = (tx: Queryable, officeId: string) => Promise<MailLook | null>;
export interface HelpFinder {
  /** For a user of the transaction's office. */
  find(tx: Queryable, userId: string | null): Promise<Help>;
}

/** Where another mail may come in place of this one that names a helper, and how long an answer takes must not tell which it was. */
const AS_MUCH_WORK: readonly Notice[] = ["passwordLink"];

/** The id of no office. */
const NO_OFFICE = "00000000-0000-4000-8000-000000000000";

/** Sends notices in the recipient's language, in the transaction of the change that they report. */
export class Notices {
  readonly #queue: MessageQueue | null;
  readonly #view: MailView;
  readonly #lookOf: LookOf;
  readonly #help: HelpFinder;

  constructor(deps: { queue: MessageQueue | null; view: MailView; lookOf: LookOf; help: HelpFinder }) {
    this.#queue = deps.queue;
    this.#view = deps.view;
    this.#lookOf = deps.lookOf;
    this.#help = deps.help;
  }

  /** Returns whether a mail is sent: without an address or a gateway there is none. */
  async send(tx: Queryable, to: Recipient, notice: Notice, values: TextValues): Promise<boolean> {
    if (this.#queue === null || to.mail === null) {
      return false;
    }
    const key = `notice.${notice}`;
    // Looked for where there is no office, too: the same work, whatever name a stranger asks about.
    const office = await this.#lookOf(tx, to.officeId ?? NO_OFFICE);
    // Asked for only where the mail needs it, or the other one does.
    const isAsking = asksFor(`${key}.text`, "office") !== null || AS_MUCH_WORK.includes(notice);
    const help = isAsking ? { help: await this.#help.find(tx, to.id) } : {};
    const written = this.#view.write(to.language, key, { ...values, name: to.name }, { office, ...help });
    await this.#queue.send(tx, { channel: "mail", to: to.mail, officeId: to.officeId, ...written });
    return true;
  }

  /**
   * The same for a statement that writes more than the mail, by `add_message` of the database; null where none is sent. Asks the database
   * nothing, so it is for notices that name no helper.
   */
  prepare(
    { name, mail, language, officeId }: Recipient,
    notice: Notice,
    values: TextValues,
    office: MailLook,
  ): PreparedMessage | null {
    if (this.#queue === null || mail === null) {
      return null;
    }
    const written = this.#view.write(language, `notice.${notice}`, { ...values, name }, { office });
    return this.#queue.prepare({ channel: "mail", to: mail, officeId, ...written });
  }
}
