import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { FACTOR_KINDS, type FactorKind } from "./factor.ts";
import type { FactorStore } from "./factor-store.ts";
import type { NumberNotices } from "./number-notices.ts";
import type { NumberStore } from "./number-store.ts";
import type { UserContact } from "./code-try.ts";
import type { SmsCodeStore } from "./sms-code-store.ts";

interface Deps {
  readonly factors: FactorStore;
  readonly numbers: NumberStore;
  readonly codes: SmsCodeStore;
  readonly notices: NumberNotices;
  readonly audit: AuditStore;
}

type End = (tx: Queryable, person: UserContact, visitor: Visitor) => Promise<void>;

/**
 * Removes the method that a user has replaced, in the transaction that stores the new one: the account never has
 * neither, and never has another person's phone as its only factor.
 */
export class MethodSwitch {
  readonly #deps: Deps;
  readonly #end: Readonly<Record<FactorKind, End>> = {
    totp: (tx, person, visitor) => this.#endTotp(tx, person, visitor),
    sms: (tx, person, visitor) => this.#endSms(tx, person, visitor),
  };

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Removes every method except `kept`, which has just been proved. */
  async endOthers(
    tx: Queryable,
    person: UserContact,
    { kept, visitor }: { kept: FactorKind; visitor: Visitor },
  ): Promise<void> {
    for (const kind of FACTOR_KINDS.filter((other) => other !== kept)) {
      await this.#end[kind](tx, person, visitor);
    }
  }

  async #endTotp(tx: Queryable, person: UserContact, visitor: Visitor): Promise<void> {
    const { wasThere } = await this.#deps.factors.remove(tx, person, "totp");
    if (wasThere) {
      await this.#tell(tx, person, { kind: "totp", visitor });
    }
  }

  /** The number is removed as well: a later owner of the number could otherwise confirm it again. */
  async #endSms(tx: Queryable, person: UserContact, visitor: Visitor): Promise<void> {
    const { factors, numbers, codes, notices } = this.#deps;
    const before = await numbers.findLocked(tx, person);
    if (before?.state !== "confirmed") {
      return;
    }
    const { number } = before;
    await factors.remove(tx, person, "sms");
    await numbers.remove(tx, person);
    await codes.forget(tx, person);
    await this.#tell(tx, person, { kind: "sms", visitor });
    await notices.tell(tx, person, { notice: "numberSwitchedOff", number, old: number });
  }

  #tell(
    tx: Queryable,
    { id, officeId }: UserContact,
    { kind, visitor }: { kind: FactorKind; visitor: Visitor },
  ): Promise<void> {
    const who = { officeId, actor: id, subject: id, visitor };
    return this.#deps.audit.add(tx, { type: "factor.removed", outcome: "ok", ...who, details: { kind } });
  }
}
