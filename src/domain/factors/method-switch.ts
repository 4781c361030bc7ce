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

type End = (tx: Queryable, user: UserContact, visitor: Visitor) => Promise<void>;

/**
 * Removes the method that a user has replaced, in the transaction that stores the new one: the account never has
 * neither, and never has another person's phone as its only factor.
 */
export class MethodSwitch {
  readonly #deps: Deps;
  readonly #end: Readonly<Record<FactorKind, End>> = {
    totp: (tx, user, visitor) => this.#endTotp(tx, user, visitor),
    sms: (tx, user, visitor) => this.#endSms(tx, user, visitor),
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
      await this.#end[kind](tx, user, visitor);
    }
  }

  async #endTotp(tx: Queryable, user: UserContact, visitor: Visitor): Promise<void> {
    const { wasThere } = await this.#deps.factors.remove(tx, user, "totp");
    if (wasThere) {
      await this.#record(tx, user, { kind: "totp", visitor });
    }
  }

  /** The number is removed as well: a later owner of the number could otherwise confirm it again. */
  async #endSms(tx: Queryable, user: UserContact, visitor: Visitor): Promise<void> {
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
    await notices.send(tx, user, { notice: "numberSwitchedOff", number, old: number });
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
