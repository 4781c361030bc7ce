import type { Step } from "../../../src/screens/sign-in/journey.ts";
import type { FactType, SignIn } from "../../../src/screens/sign-in/sign-in-state.ts";

/** A journey as a table: the real one, or one that a mutation has broken. */
export type Table = readonly Step[];

type Claim = (table: Table, signIn: SignIn) => boolean;

/** What the journey promises. Each sentence holds in every situation. */
export const claims: Readonly<Record<string, Claim>> = {
  "T200 never done without a password, or a passkey in its place where the office allows that": (
    table,
    signIn,
  ) => !isDone(table, signIn) || hasPassword(signIn),
  "T200 a passkey takes the place of the password wherever the office allows that": (table, signIn) =>
    !isByPasskeyAlone(signIn) || !signIn.isAccountActive || next(table, signIn) !== "password",
  "T200 a password that was not used is not replaced": (table, signIn) =>
    next(table, signIn) !== "new-password" || !isByPasskeyAlone(signIn),
  "a session stands in for the password only where there is a factor, and it ends with that factor proved": (
    table,
    signIn,
  ) =>
    has(signIn, "password-proved") ||
    isByPasskeyAlone(signIn) ||
    next(table, signIn) === "password" ||
    (isContinued(signIn) && (!isDone(table, signIn) || hasProof(signIn))),
  "a user who goes on from a session is asked for the factor alone": (table, signIn) =>
    !isContinued(signIn) ||
    !signIn.isAccountActive ||
    isStopped(signIn) ||
    hasProof(signIn) ||
    next(table, signIn) === "challenge",
  "a session enrols nothing by itself": (table, signIn) =>
    has(signIn, "password-proved") ||
    isByPasskeyAlone(signIn) ||
    !isEnrolling(table, signIn) ||
    hasProof(signIn),
  "never done for an account that was disabled": (table, signIn) =>
    !isDone(table, signIn) || signIn.isAccountActive,
  "never done for a blocked or frozen account": (table, signIn) =>
    !isDone(table, signIn) || !isStopped(signIn),
  "never done without an accepted factor where one is required, proved here, in a trusted browser, or by a recovery code in its place":
    (table, signIn) =>
      !isDone(table, signIn) ||
      signIn.demand !== "required" ||
      provesAccepted(signIn) ||
      (isRecovered(signIn) && ownsAccepted(signIn)) ||
      (signIn.isBrowserTrusted && ownsAccepted(signIn)),
  "never done with a factor that was not proved, nor replaced by a recovery code, nor spared by a trusted browser":
    (table, signIn) =>
      !isDone(table, signIn) ||
      signIn.factors.length === 0 ||
      hasProof(signIn) ||
      (signIn.isBrowserTrusted && ownsAccepted(signIn)),
  "T28 a trusted browser spares the code, where nothing else is missing": (table, signIn) =>
    !isKnown(signIn) ||
    !signIn.isBrowserTrusted ||
    !ownsAccepted(signIn) ||
    signIn.isPasswordExpired ||
    signIn.unsavedCodes.areDue ||
    hasProof(signIn) ||
    isDone(table, signIn),
  "T28 T146 a trusted browser never leads to another factor, other recovery codes or another password": (
    table,
    signIn,
  ) =>
    ![
      ...["enrolment-closed", "confirm-number", "enrolment-code", "enrol"],
      ...["recovery-codes", "new-password"],
    ].includes(next(table, signIn)) ||
    signIn.factors.length === 0 ||
    hasProof(signIn),
  "T28 a user who has proved nothing but the password is asked for the code in every other browser": (
    table,
    signIn,
  ) =>
    !isKnown(signIn) ||
    signIn.isBrowserTrusted ||
    signIn.factors.length === 0 ||
    hasProof(signIn) ||
    next(table, signIn) === "challenge",
  "nothing is shown of the block, the factor or the set-up before the password": (table, signIn) =>
    ["password", "done"].includes(next(table, signIn)) || (hasPassword(signIn) && signIn.isAccountActive),
  "no code is asked and nothing is enrolled while blocked": (table, signIn) =>
    !isStopped(signIn) || ["password", "block"].includes(next(table, signIn)),
  "never enrols a user who has a factor and has not proved it": (table, signIn) =>
    !isEnrolling(table, signIn) || signIn.factors.length === 0 || hasProof(signIn),
  "never enrols by the password alone when the time is over": (table, signIn) =>
    !isEnrolling(table, signIn) || signIn.enrolment.isOpen || hasProof(signIn),
  "a confirmed number is never replaced by the password alone": (table, signIn) =>
    !isEnrolling(table, signIn) || signIn.number.state !== "confirmed" || hasProof(signIn),
  "after an administrator's set-number nothing but that number is enrolled without the code": (
    table,
    signIn,
  ) =>
    next(table, signIn) !== "confirm-number" ||
    (signIn.number.state === "unconfirmed" &&
      signIn.accepted.includes("sms") &&
      signIn.enrolment.needsCode &&
      !has(signIn, "enrolment-code-proved") &&
      !hasProof(signIn)),
  "a number that the office entered is confirmed rather than a code asked for": (table, signIn) =>
    next(table, signIn) !== "enrolment-code" ||
    signIn.number.state !== "unconfirmed" ||
    !signIn.accepted.includes("sms"),
  "never enrols after a reset without the code that was handed over": (table, signIn) =>
    next(table, signIn) !== "enrol" ||
    !signIn.enrolment.needsCode ||
    has(signIn, "enrolment-code-proved") ||
    hasProof(signIn),
  "asks for the code of a reset only when it is needed": (table, signIn) =>
    next(table, signIn) !== "enrolment-code" ||
    (signIn.enrolment.needsCode && !has(signIn, "enrolment-code-proved") && !hasProof(signIn)),
  "a user who has a factor is asked for it before anything else": (table, signIn) =>
    !isKnown(signIn) ||
    signIn.factors.length === 0 ||
    hasProof(signIn) ||
    ["challenge", "done"].includes(next(table, signIn)),
  "a user who has proved an accepted factor is not asked to enrol another": (table, signIn) =>
    !isEnrolling(table, signIn) || !provesAccepted(signIn),
  "asks for no code when the time is over": (table, signIn) =>
    next(table, signIn) !== "enrolment-code" || signIn.enrolment.isOpen,
  "asks for no code of a reset when nothing has to be enrolled": (table, signIn) =>
    next(table, signIn) !== "enrolment-code" ||
    (signIn.demand !== "off" && !(signIn.demand === "offered" && has(signIn, "enrolment-postponed"))),
  "shows recovery codes only for a new factor or until they are saved, and when nothing else is missing": (
    table,
    signIn,
  ) =>
    next(table, signIn) !== "recovery-codes" ||
    ((hasEnrolled(signIn) || signIn.unsavedCodes.areDue) &&
      !isToBeAsked(signIn) &&
      (signIn.demand !== "required" ||
        provesAccepted(signIn) ||
        (isRecovered(signIn) && ownsAccepted(signIn)))),
  "T146 asks at every sign-in for recovery codes that are not saved": (table, signIn) =>
    !isDone(table, signIn) || !signIn.unsavedCodes.areDue || has(signIn, "recovery-codes-saved"),
  "a new factor comes with recovery codes": (table, signIn) =>
    !isDone(table, signIn) || !hasEnrolled(signIn) || has(signIn, "recovery-codes-saved"),
  "says that the time is over only to a user who has to enrol and cannot": (table, signIn) =>
    next(table, signIn) !== "enrolment-closed" ||
    (signIn.demand === "required" &&
      !provesAccepted(signIn) &&
      !signIn.enrolment.isOpen &&
      !hasProof(signIn)),
  "asks nobody for a second factor that nobody demands": (table, signIn) =>
    signIn.demand !== "off" ||
    !isEnrolling(table, signIn) ||
    (isToBeAsked(signIn) && has(signIn, "factor-lost")),
  "asks for the factor only once": (table, signIn) =>
    next(table, signIn) !== "challenge" || !hasProof(signIn),
  "challenges only users who have a factor": (table, signIn) =>
    next(table, signIn) !== "challenge" || signIn.factors.length > 0,
  "an offer can be put off": (table, signIn) =>
    signIn.demand !== "offered" || !has(signIn, "enrolment-postponed") || !isEnrolling(table, signIn),
  "an offer is made once to a user who can take it": (table, signIn) =>
    !isFreshOffer(signIn) || isEnrolling(table, signIn) || next(table, signIn) === "enrolment-code",
  "T146 a recovery code that signs nobody in leads to a new factor, also where one is only offered yet": (
    table,
    signIn,
  ) =>
    signIn.demand === "off" ||
    signIn.mayRecover ||
    !has(signIn, "recovery-code-used") ||
    !isDone(table, signIn) ||
    hasKind(signIn) ||
    (signIn.demand === "offered" && has(signIn, "enrolment-postponed")),
  "T146 a recovery code that signs a user in is acknowledged, and the factor asked for, before the end": (
    table,
    signIn,
  ) => !isDone(table, signIn) || !isToBeAsked(signIn),
  "T146 asks for the factor only a user whom a recovery code has signed in": (table, signIn) =>
    next(table, signIn) !== "recovered" ||
    (isToBeAsked(signIn) &&
      ["done", "recovery-codes", "new-password"].includes(
        next(table, withFact(signIn, "enrolment-postponed")),
      )),
  "T146 a factor that is lost is replaced, or left for later by the user": (table, signIn) =>
    !isKnown(signIn) ||
    !isToBeAsked(signIn) ||
    !has(signIn, "factor-lost") ||
    next(table, signIn) === "enrol",
  "T146 a factor that was not said to be lost is not replaced, where what was proved is enough": (
    table,
    signIn,
  ) =>
    !isEnrolling(table, signIn) ||
    !isRecovered(signIn) ||
    has(signIn, "factor-lost") ||
    (signIn.demand === "required" && !ownsAccepted(signIn)),
  "never done with an expired password": (table, signIn) =>
    !isDone(table, signIn) ||
    !signIn.isPasswordExpired ||
    has(signIn, "new-password-set") ||
    isByPasskeyAlone(signIn),
  "a new password is chosen when nothing else is missing, and only for an expired one": (table, signIn) =>
    next(table, signIn) !== "new-password" ||
    (signIn.isPasswordExpired && isDone(table, { ...signIn, isPasswordExpired: false })),
  "an offer never stops a sign-in": (table, signIn) =>
    signIn.demand !== "offered" || next(table, signIn) !== "enrolment-closed",
  "every fact moves on": (table, signIn) => {
    const fact = factOf(next(table, signIn), signIn);
    return fact === null || next(table, withFact(signIn, fact)) !== next(table, signIn);
  },
  "it always ends when everything is proved": (table, signIn) =>
    !canEnd(signIn) || isDone(table, provedInTurn(table, signIn)),
};

/** The first step that is due. Claims are judged situation by situation, and nearly all of them ask for it: the last answer is kept. */
export function next(table: Table, signIn: SignIn): string {
  if (table !== last.table || signIn !== last.signIn) {
    last = { table, signIn, step: table.find(({ due }) => due(signIn))?.name ?? "done" };
  }
  return last.step;
}

let last: { readonly table?: Table; readonly signIn?: SignIn; readonly step: string } = { step: "" };

const isDone = (table: Table, signIn: SignIn): boolean => next(table, signIn) === "done";

const isEnrolling = (table: Table, signIn: SignIn): boolean =>
  ["enrol", "confirm-number"].includes(next(table, signIn));

const has = (signIn: SignIn, type: FactType): boolean => signIn.facts.some((fact) => fact.type === type);

const isContinued = (signIn: SignIn): boolean =>
  has(signIn, "session-continued") && signIn.factors.length > 0 && !signIn.isPasswordExpired;

const isByPasskeyAlone = (signIn: SignIn): boolean =>
  signIn.isPasswordless && has(signIn, "passkey-verified");

const hasPassword = (signIn: SignIn): boolean =>
  has(signIn, "password-proved") || isByPasskeyAlone(signIn) || isContinued(signIn);

const isStopped = ({ guard }: SignIn): boolean => guard.isBlocked || guard.isFrozen;

const hasEnrolled = (signIn: SignIn): boolean =>
  has(signIn, "totp-enrolled") ||
  has(signIn, "sms-enrolled") ||
  has(signIn, "email-enrolled") ||
  has(signIn, "passkey-enrolled");

const hasProof = (signIn: SignIn): boolean =>
  has(signIn, "totp-proved") ||
  has(signIn, "sms-proved") ||
  has(signIn, "email-proved") ||
  has(signIn, "passkey-proved") ||
  has(signIn, "recovery-code-used") ||
  hasEnrolled(signIn);

const hasKind = (signIn: SignIn): boolean =>
  has(signIn, "totp-proved") ||
  has(signIn, "sms-proved") ||
  has(signIn, "email-proved") ||
  has(signIn, "passkey-proved") ||
  hasEnrolled(signIn);

const isRecovered = (signIn: SignIn): boolean => has(signIn, "recovery-code-used") && signIn.mayRecover;

const isToBeAsked = (signIn: SignIn): boolean =>
  isRecovered(signIn) && !hasKind(signIn) && !has(signIn, "enrolment-postponed");

const provesAccepted = (signIn: SignIn): boolean =>
  signIn.accepted.some((kind) => has(signIn, `${kind}-proved`) || has(signIn, `${kind}-enrolled`));

const ownsAccepted = ({ accepted, factors }: SignIn): boolean =>
  accepted.some((kind) => factors.includes(kind));

const isKnown = (signIn: SignIn): boolean =>
  has(signIn, "password-proved") && signIn.isAccountActive && !isStopped(signIn);

const isFreshOffer = (signIn: SignIn): boolean =>
  signIn.demand === "offered" &&
  signIn.enrolment.isOpen &&
  signIn.factors.length === 0 &&
  has(signIn, "password-proved") &&
  signIn.isAccountActive &&
  !isStopped(signIn) &&
  !hasProof(signIn) &&
  !has(signIn, "enrolment-postponed");

/** Where nothing outside the sign-in stands in the way. */
const canEnd = (signIn: SignIn): boolean =>
  signIn.isAccountActive && !isStopped(signIn) && signIn.enrolment.isOpen;

const withFact = (signIn: SignIn, type: FactType): SignIn => ({
  ...signIn,
  facts: [...signIn.facts, { type, at: 1 }],
});

/** A fact that the pages of a step prove; null for a step that only waits, or cannot be passed. */
function factOf(step: string, signIn: SignIn): FactType | null {
  const facts: Readonly<Record<string, FactType>> = {
    password: "password-proved",
    challenge: `${signIn.factors.find((kind) => signIn.accepted.includes(kind)) ?? signIn.factors[0] ?? "totp"}-proved`,
    "confirm-number": "sms-enrolled",
    "enrolment-code": "enrolment-code-proved",
    enrol: `${signIn.accepted[0] ?? "totp"}-enrolled`,
    recovered: "enrolment-postponed",
    "recovery-codes": "recovery-codes-saved",
    "new-password": "new-password-set",
  };
  return step === "password" && !signIn.isAccountActive ? null : (facts[step] ?? null);
}

function provedInTurn(table: Table, signIn: SignIn): SignIn {
  let current = signIn;
  for (let turns = 0; turns < table.length; turns += 1) {
    const fact = factOf(next(table, current), current);
    current = fact === null ? current : withFact(current, fact);
  }
  return current;
}
