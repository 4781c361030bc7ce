import { FACTOR_KINDS, ownsAccepted, type FactorKind } from "../../domain/factors/factor.ts";
import { BESIDE_CHALLENGE, CHALLENGES, ENROLMENTS } from "./factor-pages.ts";
import { CHOSEN, ENROLLED, PROVED, type FactType, type SignIn } from "./sign-in-state.ts";

/**
 * The sign-in. A user proves facts. The journey below is a table of steps in order; the user sees the first step that
 * is due. When no step is due, oidc-provider gets the result, once. The next page is always derived and never stored.
 * Start here. `sign-in-flow.ts` runs a request through the table; `pages/` has one file for each page.
 */

export interface Step {
  readonly name: string;
  /** Pages of the step, the entry page first. */
  readonly pages: readonly string[];
  readonly due: (signIn: SignIn) => boolean;
  /** Facts that its pages can prove. The flow rejects all others. */
  readonly proves: readonly FactType[];
  /** Why the step exists. Printed in docs/journey.md. */
  readonly because: string;
}

export const journey = [
  {
    name: "password",
    pages: ["password"],
    proves: ["password-proved", "passkey-verified", "passkey-proved", "passkey-synced"],
    due: (signIn) =>
      !(has(signIn, "password-proved") || isByPasskeyAlone(signIn) || isContinued(signIn)) ||
      !signIn.isAccountActive,
    because:
      "Every sign-in starts with the correct password of an active account. A passkey that has verified its user replaces it where the office allows that. An existing session replaces the password only where the second factor alone is missing and the user has one (step-up).",
  },
  {
    name: "block",
    pages: ["blocked"],
    proves: [],
    due: (signIn) => signIn.guard.isBlocked || signIn.guard.isFrozen,
    because:
      "After too many wrong codes the account is locked. Only a user who has entered the correct password learns about it.",
  },
  {
    name: "challenge",
    pages: [...CHALLENGES, "recovery-code", ...BESIDE_CHALLENGE],
    proves: [...PROVED, "passkey-synced", "recovery-code-used", "factor-lost", "trust-wished"],
    due: (signIn) => signIn.factors.length > 0 && !hasProvedFactor(signIn) && !skipsFactorByTrust(signIn),
    because:
      "A user who has a factor proves it, even one that the office no longer accepts. Otherwise a thief with the password could enrol a phone of their own. A trusted browser skips this step and no other.",
  },
  {
    name: "enrolment-closed",
    pages: ["enrolment-closed"],
    proves: [],
    due: (signIn) => mustEnrol(signIn) && !mayEnrol(signIn),
    because: "The time to enrol with the password alone is over. An administrator has to open it again.",
  },
  {
    name: "confirm-number",
    pages: ["confirm-number", "confirm-number-code"],
    proves: ["sms-enrolled", "enrolment-postponed"],
    due: (signIn) => needsEnrolmentCode(signIn) && mayConfirmNumber(signIn),
    because:
      "After a reset an administrator can enter the new number instead of handing over a code. A text message to exactly this number proves it.",
  },
  {
    name: "enrolment-code",
    pages: ["enrolment-code"],
    proves: ["enrolment-code-proved", "enrolment-postponed"],
    due: (signIn) => needsEnrolmentCode(signIn),
    because:
      "After a reset the password alone does not allow enrolment. The user enters the code that an administrator has handed over.",
  },
  {
    name: "enrol",
    pages: ["choose", ...ENROLMENTS],
    proves: [...ENROLLED, "passkey-synced", ...CHOSEN, "enrolment-postponed"],
    due: (signIn) => mustEnrol(signIn),
    because:
      "The office requires a second factor and decides which kinds it accepts; the user chooses one of them. Where it demands one that resists phishing of the user's role, it accepts no other. While the factor is only offered, and after a recovery code that has signed the user in, it can be postponed.",
  },
  {
    name: "recovered",
    pages: ["recovered"],
    proves: ["factor-lost", "code-acknowledged", "enrolment-postponed"],
    due: (signIn) => isRecovered(signIn) && !hasAnyKind(signIn) && !has(signIn, "enrolment-postponed"),
    because:
      "A recovery code signs a user in, but not the platform's staff. The page acknowledges it and asks whether the factor is still there; one that is lost is replaced now.",
  },
  {
    name: "recovery-codes",
    pages: ["recovery-codes"],
    proves: ["recovery-codes-saved", "recovery-codes-shown", "recovery-codes-again"],
    due: (signIn) =>
      (hasEnrolled(signIn) || signIn.unsavedCodes.areDue) && !has(signIn, "recovery-codes-saved"),
    because:
      "A new factor comes with six recovery codes, shown once. Until the user has confirmed that they are saved, every sign-in asks again.",
  },
  {
    name: "new-password",
    pages: ["new-password"],
    proves: ["new-password-set"],
    due: (signIn) =>
      signIn.isPasswordExpired && !has(signIn, "new-password-set") && !isByPasskeyAlone(signIn),
    because:
      "An expired password that was used has to be replaced. This step is the last one: the old password alone must not be enough to set a new one.",
  },
] as const satisfies readonly Step[];

export type StepName = (typeof journey)[number]["name"];
export type PageName = (typeof journey)[number]["pages"][number];

/** The first step that is due, or "done". */
export const nextStep = (signIn: SignIn): StepName | "done" =>
  journey.find((step) => step.due(signIn))?.name ?? "done";

/** The step of a page; undefined for an unknown page. */
export const stepOf = (page: string) => journey.find((step) => step.pages.some((name) => name === page));

/** The entry page of a step. */
export function firstPage(name: StepName): PageName {
  const step = journey.find((candidate) => candidate.name === name);
  if (step === undefined) {
    throw new Error(`No step ${name}.`);
  }
  return step.pages[0];
}

export const has = (signIn: SignIn, type: FactType): boolean =>
  signIn.facts.some((fact) => fact.type === type);

/** Whether a passkey stands in for the password. It is proved with it, so that it counts as the factor too. */
export const isByPasskeyAlone = (signIn: SignIn): boolean =>
  signIn.isPasswordless && has(signIn, "passkey-verified");

/**
 * A step-up: the password of the session counts again, but only to ask for an existing factor. It does not allow
 * enrolment: an attacker who has taken over a session must not be able to add a factor.
 */
const isContinued = (signIn: SignIn): boolean =>
  has(signIn, "session-continued") && signIn.factors.length > 0 && !signIn.isPasswordExpired;

const hasEnrolled = (signIn: SignIn): boolean => ENROLLED.some((fact) => has(signIn, fact));

/** Whether a factor of this kind was proved. A new factor counts: its enrolment proves it. */
export const hasKind = (signIn: SignIn, kind: FactorKind): boolean =>
  has(signIn, `${kind}-proved`) || has(signIn, `${kind}-enrolled`);

const hasAnyKind = (signIn: SignIn): boolean => FACTOR_KINDS.some((kind) => hasKind(signIn, kind));

/** Whether the challenge is passed, by a factor or by a recovery code in its place. */
export const hasProvedFactor = (signIn: SignIn): boolean =>
  hasAnyKind(signIn) || has(signIn, "recovery-code-used");

/** Whether a recovery code has signed the user in. It stands in for the factor; the platform's staff prove the factor itself. */
export const isRecovered = (signIn: SignIn): boolean =>
  has(signIn, "recovery-code-used") && signIn.mayRecover;

/** Whether a factor was proved that the office accepts. A recovery code is not a factor. */
export const hasAcceptedFactor = (signIn: SignIn): boolean =>
  signIn.accepted.some((kind) => hasKind(signIn, kind));

/**
 * Whether a trusted browser replaces the code. It never leads to a new factor, new recovery codes or a new password: the user proves
 * the current factor first. It needs a password from this sign-in: a session that lacks the factor (step-up) has to prove
 * the factor.
 */
export const skipsFactorByTrust = (signIn: SignIn): boolean =>
  signIn.isBrowserTrusted &&
  has(signIn, "password-proved") &&
  !signIn.isPasswordExpired &&
  !signIn.unsavedCodes.areDue &&
  !hasProvedFactor(signIn) &&
  ownsAccepted(signIn.factors, signIn.accepted);

/** Whether the user can sign in with what they have. After a recovery code they are asked for it: step `recovered`. */
const hasFactorAtHand = (signIn: SignIn): boolean =>
  hasAnyKind(signIn) || skipsFactorByTrust(signIn) || isRecovered(signIn);

/**
 * Whether a recovery code stands in for a factor that the office accepts. It is worth no more than the factor: a user who
 * has only another kind sets up one that is accepted.
 */
const isSufficientlyRecovered = (signIn: SignIn): boolean =>
  isRecovered(signIn) && ownsAccepted(signIn.factors, signIn.accepted);

/** Whether a user whom a recovery code has signed in replaces the lost factor. They can leave that for later. */
export const isReplacingLost = (signIn: SignIn): boolean =>
  isRecovered(signIn) &&
  has(signIn, "factor-lost") &&
  !hasAnyKind(signIn) &&
  !has(signIn, "enrolment-postponed");

/**
 * Whether a factor is due and missing. While factors are only offered, users can postpone, and users who have one are
 * not asked.
 */
function mustEnrol(signIn: SignIn): boolean {
  return isReplacingLost(signIn) || isDemandUnmet(signIn);
}

function isDemandUnmet(signIn: SignIn): boolean {
  switch (signIn.demand) {
    case "off":
      return false;
    case "offered":
      return mayEnrol(signIn) && !hasFactorAtHand(signIn) && !has(signIn, "enrolment-postponed");
    case "required":
      return !hasAcceptedFactor(signIn) && !isSufficientlyRecovered(signIn) && !skipsFactorByTrust(signIn);
  }
}

/** The enrolment window is open, or a proved factor makes up for it. */
const mayEnrol = (signIn: SignIn): boolean => signIn.enrolment.isOpen || hasProvedFactor(signIn);

/** A reset has opened the enrolment window, and its code is still missing. */
const needsEnrolmentCode = (signIn: SignIn): boolean =>
  mustEnrol(signIn) &&
  signIn.enrolment.needsCode &&
  !has(signIn, "enrolment-code-proved") &&
  !hasProvedFactor(signIn);

/**
 * Only administrators enter unconfirmed numbers. A text message to such a number proves more than the password does.
 */
const mayConfirmNumber = ({ number, accepted }: SignIn): boolean =>
  number.state === "unconfirmed" && accepted.includes("sms");
