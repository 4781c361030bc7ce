import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { FACTOR_KINDS, type FactorKind } from "./factor.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { FactorStore } from "./factor-store.ts";
import type { NumberNotices } from "./number-notices.ts";
import { authenticatorName } from "./passkeys/authenticator-names.ts";
import type { PasskeyStore } from "./passkeys/passkey-store.ts";
import type { NumberStore } from "./number-store.ts";
import type { UserContact } from "./code-try.ts";
import type { SentCodeStore } from "./sent-code-store.ts";

interface Deps {
  readonly passkeys: PasskeyStore;
  readonly factors: FactorStore;
  readonly numbers: NumberStore;
  readonly codes: SentCodeStore;
  readonly notices: NumberNotices;
  readonly mails: Notices;
  readonly audit: AuditStore;
}

/** Who removes a method: its owner, or an administrator with a reason. */
export interface Remover {
  readonly actor: string;
  readonly visitor?: Visitor;
  readonly reason?: string;
}

/** `kept`: the method that takes the place of this one; null where none does. */
interface Ending {
  readonly kept: FactorKind | null;
  readonly by: Remover;
}

type End = (tx: Queryable, user: UserContact, ending: Ending) => Promise<void>;

/**
 * Removes the method that a user has replaced, in the transaction that stores the new one: the account never has
 * neither, and never has another person's phone as its only factor.
 */
export class MethodSwitch {
  readonly #deps: Deps;
  readonly #end: Readonly<Record<FactorKind, End>> = {
    passkey: (tx, user, { by }) => this.#endPasskeys(tx, user, by),
    totp: (tx, user, { by }) => this.#endTotp(tx, user, by),
    sms: (tx, user, ending) => this.#endSms(tx, user, ending),
    email: (tx, user, { by }) => this.#endEmail(tx, user, by),
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
      await this.#end[kind](tx, user, { kept, by: { actor: user.id, visitor } });
    }
  }

  /** Removes one method, for a user who keeps others, and notifies them. */
  async end(
    tx: Queryable,
    user: UserContact,
    { kind, by }: { kind: FactorKind; by: Remover },
  ): Promise<void> {
    await this.#end[kind](tx, user, { kept: null, by });
    await this.#notify(tx, user, { kind, by });
  }

  /** Removes one passkey, for a user who keeps others, and notifies them. Returns false for one that the user does not have. */
  async endPasskey(
    tx: Queryable,
    user: UserContact,
    { passkey, by }: { passkey: Buffer; by: Remover },
  ): Promise<boolean> {
    const found = await this.#deps.passkeys.remove(tx, user, passkey);
    if (found !== null) {
      const name = found.name ?? authenticatorName(found.aaguid);
      await this.#record(tx, user, { kind: "passkey", name, by });
      await this.#notify(tx, user, { kind: "passkey", by });
    }
    return found !== null;
  }

  async #endPasskeys(tx: Queryable, user: UserContact, by: Remover): Promise<void> {
    const { passkeys, factors } = this.#deps;
    await passkeys.removeAll(tx, user);
    const { wasThere } = await factors.remove(tx, user, "passkey");
    if (wasThere) {
      await this.#record(tx, user, { kind: "passkey", by });
    }
  }

  async #endTotp(tx: Queryable, user: UserContact, by: Remover): Promise<void> {
    const { wasThere } = await this.#deps.factors.remove(tx, user, "totp");
    if (wasThere) {
      await this.#record(tx, user, { kind: "totp", by });
    }
  }

  async #endEmail(tx: Queryable, user: UserContact, by: Remover): Promise<void> {
    const { factors, codes } = this.#deps;
    await codes.forget(tx, user, "email");
    const { wasThere } = await factors.remove(tx, user, "email");
    if (wasThere) {
      await this.#record(tx, user, { kind: "email", by });
    }
  }

  /** The number is removed as well: a later owner of the number could otherwise confirm it again. */
  async #endSms(tx: Queryable, user: UserContact, { kept, by }: Ending): Promise<void> {
    const { factors, numbers, codes, notices } = this.#deps;
    const before = await numbers.findLocked(tx, user);
    if (before?.state !== "confirmed") {
      return;
    }
    const { number } = before;
    // The codes before the method, as a sign-in locks them that spends one.
    await codes.forget(tx, user, "sms");
    await factors.remove(tx, user, "sms");
    await numbers.remove(tx, user);
    await this.#record(tx, user, { kind: "sms", by });
    const notice = kept === "totp" ? "numberSwitchedOff" : "numberRemoved";
    await notices.send(tx, user, { notice, number, old: number });
  }

  /** Also to the user whose method an administrator removed, who is then asked about it. */
  async #notify(
    tx: Queryable,
    user: UserContact,
    { kind, by }: { kind: FactorKind; by: Remover },
  ): Promise<void> {
    const notice = by.actor === user.id ? "factorRemoved" : "factorRemovedByOffice";
    await this.#deps.mails.send(tx, user, notice, { kind });
  }

  #record(
    tx: Queryable,
    { id, officeId }: UserContact,
    { kind, name, by }: { kind: FactorKind; name?: string | null; by: Remover },
  ): Promise<void> {
    const { reason, ...actor } = by;
    const details = {
      kind,
      ...(name === undefined ? {} : { name }),
      ...(reason === undefined ? {} : { reason }),
    };
    return this.#deps.audit.add(tx, {
      ...{ type: "factor.removed", outcome: "ok", officeId, subject: id, ...actor, details },
    });
  }
}
