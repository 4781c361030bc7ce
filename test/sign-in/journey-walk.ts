import type { Demand, FactorKind } from "../../src/factors/factor.ts";
import { FACT_TYPES, type FactType, type SignIn, type Step } from "../../src/sign-in/journey.ts";

/** A journey as a table: the real one, or one that a mutation has broken. */
export type Table = readonly Step[];

/** Facts that only say what a page has shown, which no step looks at, and the one that ends the last step. */
const SHOWN: readonly FactType[] = ["recovery-codes-shown", "recovery-codes-again", "new-password-set"];

/** The facts besides the password that a step looks at. */
const PROVED = FACT_TYPES.filter((type) => type !== "password-proved" && !SHOWN.includes(type));

const GUARDS = [
  { isBlocked: false, isFrozen: false },
  { isBlocked: true, isFrozen: false },
  { isBlocked: false, isFrozen: true },
];

/**
 * Every situation that a sign-in can be in: facts × demand × methods × factors and number × enrolment, with up to four
 * facts besides the password; and whatever stops it, with fewer facts.
 */
export function everySituation(): SignIn[] {
  const going = { isAccountActive: true, guard: { isBlocked: false, isFrozen: false } };
  const accounts = [{ isAccountActive: true }, { isAccountActive: false }];
  const stops = times(
    accounts,
    GUARDS.map((guard) => ({ guard })),
  );
  const few = factSets(2);
  return times(
    [
      ...times(withPassword(factSets(4)), [going]),
      ...times(few, [going]),
      ...times([...few.slice(0, 1), ...withPassword(few)], stops.slice(1)),
    ],
    everyPolicy(),
  );
}

type Facts = Pick<SignIn, "facts">;

const factSets = (most: number): Facts[] =>
  subsetsOf(PROVED)
    .filter((types) => types.length <= most)
    .map((types) => ({ facts: types.map((type) => ({ type, at: 1 })) }));

const withPassword = (sets: readonly Facts[]): Facts[] =>
  sets.map(({ facts }) => ({ facts: [{ type: "password-proved", at: 1 }, ...facts] }));

/** What the office demands and accepts, what the user has, and what the user may set up. */
function everyPolicy() {
  const demands = (["off", "offered", "required"] satisfies Demand[]).map((demand) => ({ demand }));
  const kinds: FactorKind[][] = [["totp"], ["sms"], ["totp", "sms"]];
  const open = [true, false].flatMap((isOpen) => [true, false].map((needsCode) => ({ isOpen, needsCode })));
  const wanted = times(
    demands,
    kinds.map((accepted) => ({ accepted })),
  );
  const windows = times(
    times(wanted, owned()),
    open.map((enrolment) => ({ enrolment })),
  );
  return times(windows, [{ isPasswordExpired: false }, { isPasswordExpired: true }]);
}

/** A number is confirmed exactly when it is a factor. */
function owned() {
  const having = (factors: FactorKind[], state: SignIn["number"]["state"]) => ({
    factors,
    number: { state, isPending: false },
  });
  return [
    having([], "none"),
    having([], "unconfirmed"),
    having(["totp"], "none"),
    having(["totp"], "unconfirmed"),
    having(["sms"], "confirmed"),
    having(["sms", "totp"], "confirmed"),
  ];
}

/** Each of the one with each of the other. */
const times = <One extends object, Other extends object>(ones: readonly One[], others: readonly Other[]) =>
  ones.flatMap((one) => others.map((other) => ({ ...one, ...other })));

type Claim = (table: Table, signIn: SignIn) => boolean;

/** What the journey promises. Each sentence holds in every situation. */
export const claims: Readonly<Record<string, Claim>> = {
  "never done without a password": (table, signIn) =>
    !isDone(table, signIn) || has(signIn, "password-proved"),
  "never done for an account that was disabled": (table, signIn) =>
    !isDone(table, signIn) || signIn.isAccountActive,
  "never done for a blocked or frozen account": (table, signIn) =>
    !isDone(table, signIn) || !isStopped(signIn),
  "never done without an accepted factor where one is required": (table, signIn) =>
    !isDone(table, signIn) || signIn.demand !== "required" || provesAccepted(signIn),
  "never done with a factor that was not proved, nor replaced by a recovery code": (table, signIn) =>
    !isDone(table, signIn) || signIn.factors.length === 0 || hasProof(signIn),
  "nothing is shown of the block, the factor or the set-up before the password": (table, signIn) =>
    ["password", "done"].includes(next(table, signIn)) ||
    (has(signIn, "password-proved") && signIn.isAccountActive),
  "no code is asked and nothing is enrolled while blocked": (table, signIn) =>
    !isStopped(signIn) || ["password", "block"].includes(next(table, signIn)),
  "never enrols somebody who has a factor and has not proved it": (table, signIn) =>
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
  "whoever has a factor is asked for it before anything else": (table, signIn) =>
    !isKnown(signIn) ||
    signIn.factors.length === 0 ||
    hasProof(signIn) ||
    next(table, signIn) === "challenge",
  "whoever has proved an accepted factor is not asked to enrol another": (table, signIn) =>
    !isEnrolling(table, signIn) || !provesAccepted(signIn),
  "asks for no code when the time is over": (table, signIn) =>
    next(table, signIn) !== "enrolment-code" || signIn.enrolment.isOpen,
  "asks for no code of a reset when nothing has to be enrolled": (table, signIn) =>
    next(table, signIn) !== "enrolment-code" ||
    (signIn.demand !== "off" && !(signIn.demand === "offered" && has(signIn, "enrolment-postponed"))),
  "shows recovery codes only for a new factor, and when nothing else is missing": (table, signIn) =>
    next(table, signIn) !== "recovery-codes" ||
    (hasEnrolled(signIn) && (signIn.demand !== "required" || provesAccepted(signIn))),
  "a new factor comes with recovery codes": (table, signIn) =>
    !isDone(table, signIn) || !hasEnrolled(signIn) || has(signIn, "recovery-codes-saved"),
  "says that the time is over only to somebody who has to enrol and cannot": (table, signIn) =>
    next(table, signIn) !== "enrolment-closed" ||
    (signIn.demand === "required" &&
      !provesAccepted(signIn) &&
      !signIn.enrolment.isOpen &&
      !hasProof(signIn)),
  "asks nobody for a second factor that nobody demands": (table, signIn) =>
    signIn.demand !== "off" || signIn.factors.length > 0 || !isEnrolling(table, signIn),
  "asks for the factor only once": (table, signIn) =>
    next(table, signIn) !== "challenge" || !hasProof(signIn),
  "challenges only whoever has a factor": (table, signIn) =>
    next(table, signIn) !== "challenge" || signIn.factors.length > 0,
  "an offer can be put off": (table, signIn) =>
    signIn.demand !== "offered" || !has(signIn, "enrolment-postponed") || !isEnrolling(table, signIn),
  "an offer is made once to whoever can take it": (table, signIn) =>
    !isFreshOffer(signIn) || isEnrolling(table, signIn) || next(table, signIn) === "enrolment-code",
  "a recovery code leads to a new factor, also where one is only offered yet": (table, signIn) =>
    signIn.demand === "off" ||
    !has(signIn, "recovery-code-used") ||
    !isDone(table, signIn) ||
    has(signIn, "enrolment-postponed") ||
    (["totp", "sms"] as const).some(
      (kind) => has(signIn, `${kind}-proved`) || has(signIn, `${kind}-enrolled`),
    ),
  "never done with an expired password": (table, signIn) =>
    !isDone(table, signIn) || !signIn.isPasswordExpired || has(signIn, "new-password-set"),
  "a new password is chosen when nothing else is missing, and only for an expired one": (table, signIn) =>
    next(table, signIn) !== "new-password" ||
    (signIn.isPasswordExpired && isDone(table, { ...signIn, isPasswordExpired: false })),
  "an offer never stops anybody": (table, signIn) =>
    signIn.demand !== "offered" || next(table, signIn) !== "enrolment-closed",
  "every fact moves on": (table, signIn) => {
    const fact = factOf(next(table, signIn), signIn);
    return fact === null || next(table, withFact(signIn, fact)) !== next(table, signIn);
  },
  "it always ends when everything is proved": (table, signIn) =>
    !canEnd(signIn) || isDone(table, provedInTurn(table, signIn)),
};

/** The first claim that a table breaks; null when it keeps them all. */
export function brokenClaim(table: Table, situations: readonly SignIn[]): string | null {
  const broken = Object.entries(claims).find(([, holds]) =>
    situations.some((signIn) => !holds(table, signIn)),
  );
  return broken?.[0] ?? null;
}

export const next = (table: Table, signIn: SignIn): string =>
  table.find((step) => step.due(signIn))?.name ?? "done";

const isDone = (table: Table, signIn: SignIn): boolean => next(table, signIn) === "done";

const isEnrolling = (table: Table, signIn: SignIn): boolean =>
  ["enrol", "confirm-number"].includes(next(table, signIn));

const has = (signIn: SignIn, type: FactType): boolean => signIn.facts.some((fact) => fact.type === type);

const isStopped = ({ guard }: SignIn): boolean => guard.isBlocked || guard.isFrozen;

const hasEnrolled = (signIn: SignIn): boolean => has(signIn, "totp-enrolled") || has(signIn, "sms-enrolled");

const hasProof = (signIn: SignIn): boolean =>
  has(signIn, "totp-proved") ||
  has(signIn, "sms-proved") ||
  has(signIn, "recovery-code-used") ||
  hasEnrolled(signIn);

const provesAccepted = (signIn: SignIn): boolean =>
  signIn.accepted.some((kind) => has(signIn, `${kind}-proved`) || has(signIn, `${kind}-enrolled`));

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
    challenge: signIn.factors.includes("totp") ? "totp-proved" : "sms-proved",
    "confirm-number": "sms-enrolled",
    "enrolment-code": "enrolment-code-proved",
    enrol: signIn.accepted.includes("totp") ? "totp-enrolled" : "sms-enrolled",
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

function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>(
    (subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])],
    [[]],
  );
}
