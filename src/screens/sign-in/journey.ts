import { FACTOR_KINDS, type FactorKind } from "../../domain/factors/factor.ts";
import { BESIDE_CHALLENGE, CHALLENGES, ENROLMENTS } from "./factor-pages.ts";
import { ENROLLED, PROVED, type FactType, type SignIn } from "./sign-in-state.ts";

/**
 * The sign-in. A user brings facts. The journey below is a table of steps in order, and the first step that is due is shown.
 * When none is due, oidc-provider gets the result, once. Start here, then `engine.ts` for how a click runs through it, then
 * `pages/` for what each page asks. The next page is always derived and never stored.
 */

export interface Step {
  readonly name: string;
  /** Pages of the step; the first one is where it begins. */
  readonly pages: readonly string[];
  readonly due: (signIn: SignIn) => boolean;
  /** Facts that its pages can prove; the flow takes no other from them. */
  readonly proves: readonly FactType[];
  /** Why the step is there, for docs/journey.md. */
  readonly because: string;
}

export const journey = [
  {
    name: "password",
    pages: ["password"],
    proves: ["password-proved"],
    due: (signIn) => !(has(signIn, "password-proved") || isContinued(signIn)) || !signIn.isAccountActive,
    because:
      "Nobody goes on without a right password, and nobody whose account was disabled meanwhile. A session that lacks nothing but the second factor stands in for the password where there is a factor to ask for, and for nothing else.",
  },
  {
    name: "block",
    pages: ["blocked"],
    proves: [],
    due: (signIn) => signIn.guard.isBlocked || signIn.guard.isFrozen,
    because: "Too many wrong codes: the account waits. Only whoever gave the right password learns of it.",
  },
  {
    name: "challenge",
    pages: [...CHALLENGES, "recovery-code", ...BESIDE_CHALLENGE],
    proves: [...PROVED, "recovery-code-used", "trust-wished"],
    due: (signIn) => signIn.factors.length > 0 && !hasProvedFactor(signIn) && !skipsFactorByTrust(signIn),
    because:
      "Whoever has a factor proves it, also one that the office no longer accepts: otherwise a stolen password could enrol a thief's phone. A browser that its owner trusts spares this step, and no other.",
  },
  {
    name: "enrolment-closed",
    pages: ["enrolment-closed"],
    proves: [],
    due: (signIn) => mustEnrol(signIn) && !mayEnrol(signIn),
    because:
      "The time to enrol with the password alone is over; somebody of the office has to open it again.",
  },
  {
    name: "confirm-number",
    pages: ["confirm-number", "confirm-number-code"],
    proves: ["sms-enrolled", "enrolment-postponed"],
    due: (signIn) => needsEnrolmentCode(signIn) && mayConfirmNumber(signIn),
    because:
      "A number that the office entered after a reset needs no code that is handed over: a message to exactly this number proves it.",
  },
  {
    name: "enrolment-code",
    pages: ["enrolment-code"],
    proves: ["enrolment-code-proved", "enrolment-postponed"],
    due: (signIn) => needsEnrolmentCode(signIn),
    because: "After a reset, the password alone enrols nothing: the code that was handed over is asked for.",
  },
  {
    name: "enrol",
    pages: ["choose", ...ENROLMENTS],
    proves: [...ENROLLED, "enrolment-postponed"],
    due: (signIn) => mustEnrol(signIn),
    because:
      "The office demands a second factor of a kind that it accepts, and the user chooses which; while it is only offered, whoever has none or came by a recovery code may put it off.",
  },
  {
    name: "recovery-codes",
    pages: ["recovery-codes"],
    proves: ["recovery-codes-saved", "recovery-codes-shown", "recovery-codes-again"],
    due: (signIn) => hasEnrolled(signIn) && !has(signIn, "recovery-codes-saved"),
    because: "A new factor comes with six recovery codes, shown once.",
  },
  {
    name: "new-password",
    pages: ["new-password"],
    proves: ["new-password-set"],
    due: (signIn) => signIn.isPasswordExpired && !has(signIn, "new-password-set"),
    because:
      "An expired password makes way for a new one, after everything else: the old one alone must not set another.",
  },
] as const satisfies readonly Step[];

export type StepName = (typeof journey)[number]["name"];
export type PageName = (typeof journey)[number]["pages"][number];

/** The first step that is due, or "done". */
export const nextStep = (signIn: SignIn): StepName | "done" =>
  journey.find((step) => step.due(signIn))?.name ?? "done";

/** The step that a page belongs to; undefined for an unknown page. */
export const stepOf = (page: string) => journey.find((step) => step.pages.some((name) => name === page));

/** Where a step begins. */
export function firstPage(name: StepName): PageName {
  const step = journey.find((candidate) => candidate.name === name);
  if (step === undefined) {
    throw new Error(`No step ${name}.`);
  }
  return step.pages[0];
}

export const has = (signIn: SignIn, type: FactType): boolean =>
  signIn.facts.some((fact) => fact.type === type);

/**
 * The session's password counts again, for a code of a factor that is there. It enrols nothing by itself: whoever has
 * only taken over a session must not get a factor of their own by it.
 */
const isContinued = (signIn: SignIn): boolean =>
  has(signIn, "session-continued") && signIn.factors.length > 0 && !signIn.isPasswordExpired;

const hasEnrolled = (signIn: SignIn): boolean => ENROLLED.some((fact) => has(signIn, fact));

/** Whether this sign-in has a factor of a kind: one that was there, or a new one, which proves itself. */
export const hasKind = (signIn: SignIn, kind: FactorKind): boolean =>
  has(signIn, `${kind}-proved`) || has(signIn, `${kind}-enrolled`);

const hasAnyKind = (signIn: SignIn): boolean => FACTOR_KINDS.some((kind) => hasKind(signIn, kind));

/** What the challenge accepts: a factor, or a recovery code in its place. */
export const hasProvedFactor = (signIn: SignIn): boolean =>
  hasAnyKind(signIn) || has(signIn, "recovery-code-used");

/** Whether this sign-in has a factor that the office accepts. A recovery code is none. */
export const hasAcceptedFactor = (signIn: SignIn): boolean =>
  signIn.accepted.some((kind) => hasKind(signIn, kind));

/**
 * Whether a trusted browser stands in for the code. Where more than the code is missing it does not: whoever would
 * be led to another factor or another password proves the present one first. It is of no use beside a proof, nor
 * without a password of just now: a session that lacks the factor gets it by the factor.
 */
export const skipsFactorByTrust = (signIn: SignIn): boolean =>
  signIn.isBrowserTrusted &&
  has(signIn, "password-proved") &&
  !signIn.isPasswordExpired &&
  !hasProvedFactor(signIn) &&
  signIn.factors.some((kind) => signIn.accepted.includes(kind));

/** Whoever came by a recovery code has lost the factor, and is led to a new one. */
const hasFactorAtHand = (signIn: SignIn): boolean => hasAnyKind(signIn) || skipsFactorByTrust(signIn);

/** A factor is due and missing. While it is only offered, it can be put off, and nobody who has one at hand is asked. */
function mustEnrol(signIn: SignIn): boolean {
  switch (signIn.demand) {
    case "off":
      return false;
    case "offered":
      return mayEnrol(signIn) && !hasFactorAtHand(signIn) && !has(signIn, "enrolment-postponed");
    case "required":
      return !hasAcceptedFactor(signIn) && !skipsFactorByTrust(signIn);
  }
}

/** An open window, or a proof that is worth as much. */
const mayEnrol = (signIn: SignIn): boolean => signIn.enrolment.isOpen || hasProvedFactor(signIn);

/** A reset has opened the window, and nothing stands in for its code yet. */
const needsEnrolmentCode = (signIn: SignIn): boolean =>
  mustEnrol(signIn) &&
  signIn.enrolment.needsCode &&
  !has(signIn, "enrolment-code-proved") &&
  !hasProvedFactor(signIn);

/** Only an administrator enters a number unconfirmed; a message to it proves more than the password does. */
const mayConfirmNumber = ({ number, accepted }: SignIn): boolean =>
  number.state === "unconfirmed" && accepted.includes("sms");
