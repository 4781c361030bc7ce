import type { Queryable } from "../database/database.ts";
import type { MessageGateway } from "./message.ts";

/** Mails that tell somebody what happened to their account; none holds a code or a secret. */
export type Notice =
  | "blocked"
  | "factorEnrolled"
  | "factorReset"
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
  | "sessionsEnded"
  | "accessRevoked"
  | "recoveryCodesMade"
  | "numberConfirmed"
  | "numberChanged"
  | "numberRequested"
  | "numberApproved"
  | "numberCancelled"
  | "numberReplaced"
  | "numberRemoved"
  | "numberSwitchedOff";

export interface Addressee {
  /** The office of the transaction; null in one that works for none. */
  readonly officeId: string | null;
  readonly name: string;
  readonly mail: string | null;
  readonly language: string;
}

type Translate = (language: string, key: string, values: Readonly<Record<string, string | number>>) => string;

/** Writes notices in the language of their reader, in the transaction of what they tell. */
export class Notices {
  readonly #gateway: MessageGateway | null;
  readonly #translate: Translate;
  readonly #product: string;

  constructor(parts: { gateway: MessageGateway | null; translate: Translate; product: string }) {
    this.#gateway = parts.gateway;
    this.#translate = parts.translate;
    this.#product = parts.product;
  }

  async send(
    tx: Queryable,
    to: Addressee,
    notice: Notice,
    values: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    if (this.#gateway === null || to.mail === null) {
      return;
    }
    const { language } = to;
    const all = { ...values, name: to.name, product: this.#product };
    await this.#gateway.send(tx, {
      channel: "mail",
      officeId: to.officeId,
      to: to.mail,
      subject: this.#translate(language, `notice.${notice}.subject`, all),
      text: this.#translate(language, `notice.${notice}.text`, all),
    });
  }
}
