import { denialAlone, denialOf, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { Action } from "../access/permissions.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { acceptedOf, usableMethods, type FactorKind, type Sending } from "./factor.ts";
import type { FactorReset } from "./factor-reset.ts";
import type { GuardStore } from "./guard-store.ts";
import type { Help } from "./help.ts";
import type { MethodRemoval, RemovalResult, Removed } from "./method-removal.ts";
import type { ApproveResult, RemoveResult, SetResult } from "./number-results.ts";
import type { NumberService } from "./number-service.ts";
import type { TrustedBrowserStore } from "./trusted-browser-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly guard: GuardStore;
  readonly offices: OfficeStore;
  readonly resets: FactorReset;
  readonly removal: MethodRemoval;
  readonly numbers: NumberService;
  readonly trusted: TrustedBrowserStore;
  readonly sending: Sending;
  /** Ends sessions. */
  readonly access: { endTrustedBrowserSessions(tx: Queryable, userId: string): Promise<number> };
  readonly notices: Notices;
  readonly audit: AuditStore;
}

/** `needs-approval`: a second person has to agree, see `Approvals`. */
export interface HelpDenied {
  readonly type: Denial | "needs-approval";
}

export type UnlockResult = { readonly type: "unlocked" | "frozen" | Denial };
export type ResetResult = { readonly type: "reset"; readonly enrolmentCode: Secret } | HelpDenied;

/** Everything that another user, or the operator, can do to a user's second factor. */
export class FactorAdministration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Ends a lockout. The tries stay counted, so that an attacker cannot guess without limit with the help of an
   * administrator. A frozen factor needs a reset.
   */
  async unlock(user: User, { by, reason }: Help): Promise<UnlockResult> {
    const { database, guard, audit } = this.#deps;
    const denial = denialOf(by, "user.unlock", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    const { id: subject, officeId } = user;
    return database.inOffice(officeId, async (tx) => {
      const type = await guard.unlock(tx, user);
      if (type === "unlocked") {
        const who = { officeId, actor: by.id, subject, details: { reason } };
        await audit.add(tx, { type: "code.unblocked", outcome: "ok", ...who });
      }
      // Free already, such as by the same form.
      return { type: type === "free" ? "unlocked" : type };
    });
  }

  /** Removes factors, number and recovery codes and ends all sessions. The code is shown once, to be given to the user. */
  async reset(user: User, { by, reason }: Help): Promise<ResetResult> {
    return (
      denialTo(by, "user.reset-authenticator", user) ?? {
        type: "reset",
        enrolmentCode: await this.#deps.resets.reset(user, { reason, actor: by.id }),
      }
    );
  }

  /** For a form that resets once: what it has seen. */
  seenBefore(user: User): Promise<string> {
    return this.#deps.resets.seen(user);
  }

  /**
   * The same for a form that shows the code. `shown`: the same form was sent before, and the code of that answer counts; a double
   * click would show two, of which one is dead. `overtaken`: the user has used the code that the page knew.
   */
  async resetOnce(
    user: User,
    { by, reason, seen }: Help & { readonly seen: string },
  ): Promise<ResetResult | { readonly type: "shown" | "overtaken" }> {
    const denial = denialTo(by, "user.reset-authenticator", user);
    if (denial !== null) {
      return denial;
    }
    const made = await this.#deps.resets.resetOnce(user, { reason, actor: by.id }, seen);
    return typeof made === "string"
      ? { type: made === "none" ? "overtaken" : "shown" }
      : { type: "reset", enrolmentCode: made };
  }

  /**
   * Removes one method, such as a passkey on a lost device, and ends all sessions and the trust in browsers. A user's last accepted
   * method is for `reset`, which lets the user set up another.
   */
  async removeMethod(
    user: User,
    { by, reason, removed }: Help & { readonly removed: Removed },
  ): Promise<{ readonly type: RemovalResult } | HelpDenied> {
    const { database, users, trusted, removal } = this.#deps;
    const denial = denialTo(by, "user.reset-authenticator", user);
    if (denial !== null) {
      return denial;
    }
    return database.inOffice(user.officeId, async (tx) => {
      await users.lock(tx, user.id);
      const { accepted, language } = await this.#officeOf(tx, user);
      const remover = { actor: by.id, reason };
      const type = await removal.remove(tx, { ...user, language }, { removed, accepted, by: remover });
      if (type === "removed") {
        await users.endSessions(tx, user.id, now());
        await trusted.endAll(tx, user.id);
      }
      return { type };
    });
  }

  /** What the office accepts of this user, and the language of mails to the user. */
  async #officeOf(
    tx: Queryable,
    { officeId, role, language }: User,
  ): Promise<{ accepted: readonly FactorKind[]; language: string }> {
    const { offices, sending } = this.#deps;
    const office = await offices.find(officeId, tx);
    if (office === null) {
      return { accepted: [], language: language ?? DEFAULT_LANGUAGE };
    }
    const { of, from } = office.phishingResistance;
    const resistance = { of, from: from === null ? null : epochSeconds(from) };
    const secondFactor = { methods: office.secondFactor.methods, resistance };
    const accepted = acceptedOf({ role, office: { secondFactor } }, epochSeconds(now()));
    return { accepted: usableMethods(accepted, sending), language: language ?? office.language };
  }

  /** Enters a number (E.164), to be confirmed by its owner. No reason is needed for a user who was just added. */
  async enterNumber(
    user: User,
    number: string,
    { by, reason }: Pick<Help, "by"> & { readonly reason: string | null },
  ): Promise<SetResult | HelpDenied> {
    return (
      denialTo(by, "number.enter", user) ?? this.#deps.numbers.set(user, number, { actor: by.id, reason })
    );
  }

  async deleteNumber(user: User, { by, reason }: Help): Promise<RemoveResult | HelpDenied> {
    return denialTo(by, "number.delete", user) ?? this.#deps.numbers.remove(user, { actor: by.id, reason });
  }

  async approveNumber(user: User, { by, reason }: Help): Promise<ApproveResult | HelpDenied> {
    return denialTo(by, "number.approve", user) ?? this.#deps.numbers.approve(user, { actor: by.id, reason });
  }

  /** The old number stays. */
  async refuseNumber(user: User, { by, reason }: Help) {
    const change = { actor: by.id, reason, proof: "administrator" } as const;
    return denialTo(by, "number.approve", user) ?? this.#deps.numbers.cancelPending(user, change);
  }

  /**
   * Ends the trust in every browser, and the sessions that began without a code: after a laptop is lost, it is unknown
   * which browser was on it. This only makes an account safer, so one member of support may do it alone.
   */
  async endTrust(user: User, by: Actor): Promise<{ readonly type: "ended" | Denial }> {
    const { database, users, trusted, access } = this.#deps;
    const denial = denialOf(by, "user.end-trust", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    await database.inOffice(user.officeId, async (tx) => {
      await users.lock(tx, user.id);
      const browsers = await trusted.endAll(tx, user.id);
      const sessions = await access.endTrustedBrowserSessions(tx, user.id);
      if (browsers + sessions > 0) {
        await this.#trustEnded(tx, user, { by, details: { browsers, sessions } });
      }
    });
    return { type: "ended" };
  }

  async #trustEnded(
    tx: Queryable,
    user: User,
    { by, details }: { by: Actor; details: Readonly<Record<string, number>> },
  ): Promise<void> {
    const { users, audit, notices } = this.#deps;
    const { id, officeId } = user;
    const event = { outcome: "ok", officeId, actor: by.id, subject: id, details } as const;
    await audit.add(tx, { type: "browser.trust-ended", ...event });
    const account = await users.findAccount(id, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, "trustEndedByOffice", {});
  }
}

/** Why the actor may not transfer control of the user's factor; null when they may. */
function denialTo(by: Actor, action: Action, user: User): HelpDenied | null {
  const type = denialAlone(by, action, aboutUser(user));
  return type === null ? null : { type };
}
