import type { Queryable } from "../../../platform/database/database.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import {
  isEnrolling,
  isSyncedBy,
  type CodeResult,
  type CodeTry,
  type UserContact,
  type WrongCode,
} from "../../../domain/factors/code-try.ts";
import { FACTOR_KINDS, FACTORS } from "../../../domain/factors/factor.ts";
import { PageError } from "../../../kernel/errors.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { PageName } from "../journey.ts";
import type { FactType } from "../sign-in-state.ts";
import type { PageOutcome, PageContext, Proof } from "../page.ts";

/** The user of this sign-in. Pages after the password always have one; the journey does not show them before. */
export function contactOf(context: PageContext): UserContact {
  if (context.user === null) {
    throw new PageError("expired");
  }
  const { id, office, name, mail, language } = context.user.account;
  return { id, officeId: office.id, name, mail, language: language ?? office.language };
}

/** Checks the code that a page has named as its attempt. */
export function checkCode(
  codes: SecondFactorCheck,
  context: PageContext,
  attempt: CodeTry,
): Promise<CodeResult> {
  const { tried, visitor } = context;
  const user = contactOf(context);
  return tried === null || tried.reservation === null
    ? codes.check(user, attempt, visitor)
    : codes.conclude(user, tried.prepared, { reservation: tried.reservation, visitor });
}

/** A fact about the user of this sign-in. `at`: when it was proved, in seconds since 1970; default: when it is recorded. */
export function proofOf(
  context: PageContext,
  type: FactType,
  record: (tx: Queryable) => Promise<void>,
  at?: number,
): PageOutcome {
  const moment = at === undefined ? {} : { at };
  return { type: "done", fact: { ...factOf(context, type), changes: { record }, ...moment } };
}

/** A fact that nothing else is written with. */
export function factOf(context: PageContext, type: FactType): Proof {
  const { id, officeId } = contactOf(context);
  return { type, userId: id, officeId };
}

/** A page that takes a code. `at`: as in `proofOf`. `wrongText`: the key of its own text, where it takes no typed code. */
export interface CodePage {
  readonly name: PageName;
  readonly field: string | null;
  readonly fact: FactType;
  readonly also?: readonly FactType[];
  readonly at?: number;
  readonly wrongText?: string;
}

/**
 * The outcome of a tried code. After the last try the page leads to itself: the journey is asked again and shows the
 * lockout.
 */
export function codeOutcome(context: PageContext, result: CodeResult, page: CodePage): PageOutcome {
  switch (result.type) {
    case "accepted": {
      const moment = page.at === undefined ? {} : { at: page.at };
      const fact = {
        ...factOf(context, page.fact),
        also: [...(page.also ?? []), ...(isSyncedBy(result.effect) ? (["passkey-synced"] as const) : [])],
        release: result.release,
        ...moment,
      };
      return isEnrolling(result)
        ? {
            type: "done",
            fact: { ...fact, changes: { record: result.effect.record, liftBlock: result.liftBlock } },
          }
        : { type: "done", fact: { ...fact, code: result.effect } };
    }
    case "refused":
    case "meanwhile":
      return { type: "go", to: page.name };
    case "used":
      return { ...fault(page.field, usedText(context, page, result.triesLeft)), report: result.record };
    case "wrong":
    case "past":
    case "expired":
    case "expired-again":
    case "late":
    case "superseded":
    case "model":
      return result.triesLeft === 0
        ? { type: "go", to: page.name }
        : fault(page.field, context.t(wrongText(page, result.type), { tries: result.triesLeft }));
  }
}

const wrongText = ({ wrongText: own }: CodePage, type: WrongCode): string =>
  type === "model" ? "passkey.wrongModel" : (own ?? `code.${type}`);

/** An app shows the next code by itself, so the user has to wait. Other codes have to be requested or picked. */
function usedText({ t }: PageContext, { fact, wrongText }: CodePage, tries: number): string {
  if (wrongText !== undefined) {
    return t(wrongText, { tries });
  }
  const kind = FACTOR_KINDS.find((known) => fact === `${known}-proved` || fact === `${known}-enrolled`);
  return t(kind !== undefined && FACTORS[kind].showsNextCode ? "code.used" : "code.usedOther", { tries });
}
