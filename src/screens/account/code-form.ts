import type { Database, Queryable } from "../../platform/database/database.ts";
import { timeOfDay } from "../../kernel/date-format.ts";
import type { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import {
  CodeUsedMeanwhile,
  isEnrolling,
  type AcceptedCode,
  type EnrollingCode,
  type UserContact,
  type CodeResult,
  type CodeTry,
  type UsedCode,
} from "../../domain/factors/code-try.ts";
import { acceptedOf, areSideBySide, type FactorKind } from "../../domain/factors/factor.ts";
import type { MethodSwitch } from "../../domain/factors/method-switch.ts";
import { PageError } from "../../kernel/errors.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { OwnAccount } from "../../domain/users/own-account.ts";
import type { SessionOverviewStore } from "../../protocol/models/session-overview-store.ts";
import { fault } from "../../platform/web/page-kit.ts";
import { ownerOf, type ChangeContext, type Done, type ChangeOutcome } from "./page.ts";

interface Deps {
  readonly database: Database;
  readonly check: SecondFactorCheck;
  readonly access: SessionOverviewStore;
  readonly methods: MethodSwitch;
  readonly own: OwnAccount;
  readonly frozenFrom: number;
}

/**
 * The account forms that take a code. They share the lockout of the sign-in, so that an attacker gets no extra guesses
 * here.
 */
export class CodeForm {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get frozenFrom(): number {
    return this.#deps.frozenFrom;
  }

  /**
   * Checks the first code of a new method. A correct code stores the method. The replaced method and all other sessions
   * of the user end in the same transaction.
   */
  async submit(
    context: ChangeContext,
    attempt: CodeTry,
    next: { kind: FactorKind; done: Done; wrongText?: string },
  ): Promise<ChangeOutcome> {
    const check = () => this.#deps.check.check(contactOf(context), attempt, context.visitor);
    const first = await check();
    // The form was sent twice and the other request is done: a second check shows what happened to the code.
    const result = first.type === "meanwhile" ? await check() : first;
    if (result.type === "used" && isOwnResend(context, result)) {
      return { type: "done", to: "/account", done: next.done };
    }
    if (result.type === "used") {
      await result.record();
    }
    if (result.type !== "accepted") {
      return refusal(context, result, next.wrongText ?? null);
    }
    if (!isEnrolling(result)) {
      throw new Error("The account page confirms new factors only.");
    }
    const isNew = !context.overview.factors.some(({ kind }) => kind === next.kind);
    const isSwitch = isNew && !areSideBySide(context.session.account.office.secondFactor.methods);
    const isStored = await this.#store(context, result, isSwitch ? next.kind : null);
    return isStored
      ? { type: "done", to: "/account", done: isSwitch ? "method" : next.done }
      : fault(next.wrongText === undefined ? "code" : null, context.t("account.code.meanwhile"));
  }

  async #store(
    context: ChangeContext,
    { liftBlock, effect, release }: EnrollingCode,
    switchedTo: FactorKind | null,
  ): Promise<boolean> {
    const { database, access, methods, own } = this.#deps;
    const { session, visitor } = context;
    const { id, office } = session.account;
    const work = async (tx: Queryable) => {
      await own.hold(tx, ownerOf(context));
      await liftBlock(tx);
      await effect.record(tx);
      if (switchedTo !== null) {
        await methods.endOthers(tx, contactOf(context), { kept: switchedTo, visitor });
      }
      await access.endOthers(tx, id, session);
      await access.endTrustedBrowserSessions(tx, id);
    };
    try {
      await database.inOffice(office.id, work);
      return true;
    } catch (error) {
      await release();
      if (error instanceof CodeUsedMeanwhile) {
        return false;
      }
      throw error;
    }
  }
}

/** The user whose code is checked, and how to reach them. */
export function contactOf({ session }: ChangeContext): UserContact {
  const { id, office, name, mail, language } = session.account;
  return { id, officeId: office.id, name, mail, language: language ?? office.language };
}

/** Throws PageError "not-found" for a method that the office does not accept of this user. */
export function requireAccepted({ session }: ChangeContext, kind: FactorKind): void {
  if (!acceptedOf(session.account, epochSeconds(now())).includes(kind)) {
    throw new PageError("not-found");
  }
}

/** The text about a current lockout; null when there is none. */
export function lockoutText({ overview, language, zone, t }: ChangeContext, forms: CodeForm): string | null {
  const { guard } = overview;
  const at = now();
  if (guard === null) {
    return null;
  }
  if (guard.failedSinceSuccess >= forms.frozenFrom) {
    return t("blocked.frozen.text");
  }
  const until = guard.blockedUntil === null ? at : new Date(guard.blockedUntil * 1000);
  return until > at ? t("account.code.blocked", { time: timeOfDay(until, at, { language, zone }) }) : null;
}

/** Whether the same form was sent twice: the code has confirmed the method after this session was proved. */
const isOwnResend = ({ session }: ChangeContext, { confirmedAt }: UsedCode): boolean =>
  confirmedAt !== null && epochSeconds(confirmedAt) > session.authTime;

function refusal(
  { t }: ChangeContext,
  result: Exclude<CodeResult, AcceptedCode>,
  wrongText: string | null,
): ChangeOutcome {
  switch (result.type) {
    case "meanwhile":
      return { type: "go", to: "/account" };
    case "refused":
      return fault(null, t("account.code.refused"));
    case "wrong":
    case "used":
    case "past":
    case "expired":
    case "expired-again":
    case "late":
    case "superseded":
    case "model": {
      if (result.triesLeft === 0) {
        return fault(null, t("account.code.refused"));
      }
      if (result.type === "model") {
        return fault(null, t("passkey.wrongModel", { tries: result.triesLeft }));
      }
      if (wrongText !== null) {
        return fault(null, t(wrongText, { tries: result.triesLeft }));
      }
      const word = result.type === "used" ? "usedOther" : result.type;
      const message = t(`code.${word}`, { tries: result.triesLeft });
      return fault("code", message);
    }
  }
}
