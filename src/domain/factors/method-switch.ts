import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { FACTOR_KINDS, type FactorKind } from "./factor.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { FactorStore } from "./factor-store.ts";
import type { NumberNotices } from "./number-notices.ts";
import type { PasskeyStore } from "./passkeys/passkey-store.ts";
import type { NumberStore } from "./number-store.ts";
import type { UserContact } from "./code-try.ts";
import type { SmsCodeStore } from "./sms-code-store.ts";

interface Deps {
  readonly passkeys: PasskeyStore;
  readonly factors: FactorStore;
  readonly numbers: NumberStore;
  readonly codes: SmsCodeStore;
  readonly notices: NumberNotices;
  readonly mails: Notices;
  readonly audit: AuditStore;
}

/** `kept`: the method that takes the place of this one; null where none does. */
interface Ending {
  readonly kept: FactorKind | null;
  readonly visitor: Visitor;
}

type End = (tx: Queryable, user: UserContact, ending: Ending) => Promise<void>;

/**
 * Removes the method that a user has replaced, in the transaction that stores the new one: the account never has
 * neither, and never has another person's phone as its only factor.
 */
export class MethodSwitch {
  readonly #deps: Deps;
  readonly #end: Readonly<Record<FactorKind, End>> = {
    passkey: (tx, user, { visitor }) => this.#endPasskeys(tx, user, visitor),
    totp: (tx, user, { visitor }) => this.#endTotp(tx, user, visitor),
    sms: (tx, user, ending) => this.#endSms(tx, user, ending),
  };

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Removes every method except `kept`, which has just been proved. */
  async endOthers(
    tx: Queryable,
    user: UserContact,
    { kept, visitor }: { kept: FactorKind; visitor: Visitor },
  ): Promise<void> {
    for (const kind of FACTOR_KINDS.filter((other) => other !== kept)) {
      await this.#end[kind](tx, user, { kept, visitor });
    }
  }

  /** Removes one method, for a user who keeps others, and notifies them. */
  async end(
    tx: Queryable,
    user: UserContact,
    { kind, visitor }: { kind: FactorKind; visitor: Visitor },
  ): Promise<void> {
    await this.#end[kind](tx, user, { kept: null, visitor });
    await this.#deps.mails.send(tx, user, "factorRemoved", { kind });
  }

  async #endPasskeys(tx: Queryable, user: UserContact, visitor: Visitor): Promise<void> {
    const { passkeys, factors } = this.#deps;
    await passkeys.removeAll(tx, user);
    const { wasThere } = await factors.remove(tx, user, "passkey");
    if (wasThere) {
      await this.#record(tx, user, { kind: "passkey", visitor });
    }
  }

  async #endTotp(tx: Queryable, user: UserContact, visitor: Visitor): Promise<void> {
    const { wasThere } = await this.#deps.factors.remove(tx, user, "totp");
    if (wasThere) {
      await this.#record(tx, user, { kind: "totp", visitor });
    }
  }

  /** The number is removed as well: a later owner of the number could otherwise confirm it again. */
  async #endSms(tx: Queryable, user: UserContact, { kept, visitor }: Ending): Promise<void> {
    const { factors, numbers, codes, notices } = this.#deps;
    const before = await numbers.findLocked(tx, user);
    if (before?.state !== "confirmed") {
      return;
    }
    const { number } = before;
    await factors.remove(tx, user, "sms");
    await numbers.remove(tx, user);
    await codes.forget(tx, user);
    await this.#record(tx, user, { kind: "sms", visitor });
    const notice = kept === "totp" ? "numberSwitchedOff" : "numberRemoved";
    await notices.send(tx, user, { notice, number, old: number });
  }

  #record(
    tx: Queryable,
    { id, officeId }: UserContact,
    { kind, visitor }: { kind: FactorKind; visitor: Visitor },
  ): Promise<void> {
    const who = { officeId, actor: id, subject: id, visitor };
    return this.#deps.audit.add(tx, { type: "factor.removed", outcome: "ok", ...who, details: { kind } });
  }
}
