import type { Demand, FactorKind } from "../../../src/domain/factors/factor.ts";
import {
  CHOSEN,
  FACT_TYPES,
  type FactType,
  type SignIn,
} from "../../../src/screens/sign-in/sign-in-state.ts";

/** Codes that are saved, or that the user has still to save. */
const SAVED = { unsavedCodes: { areDue: false, wereShown: false } };
const UNSAVED = { unsavedCodes: { areDue: true, wereShown: true } };

/** Facts that only say what a page has shown or was answered, which no step looks at, and the one that ends the last step. */
const SHOWN: readonly FactType[] = [
  "recovery-codes-shown",
  "recovery-codes-again",
  "new-password-set",
  "trust-wished",
  "passkey-synced",
  ...CHOSEN,
];

/** What a sign-in begins with: one of them. */
const BEGINS: readonly FactType[] = ["password-proved", "passkey-verified", "session-continued"];

/** The facts besides the password that a step looks at. */
const PROVED = FACT_TYPES.filter((type) => !BEGINS.includes(type) && !SHOWN.includes(type));

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
  const usual = { isPasswordless: false };
  const strange = { isBrowserTrusted: false, mayRecover: true, ...SAVED, ...usual };
  return times(
    [
      ...times(beginning("password-proved", factSets(4)), [{ ...going, ...strange }]),
      ...times(beginning("session-continued", few), [{ ...going, ...strange }]),
      ...times(few, [{ ...going, ...strange }]),
      ...times(
        [
          ...few.slice(0, 1),
          ...beginning("password-proved", few),
          ...beginning("session-continued", few.slice(0, 1)),
        ],
        times(stops.slice(1), [strange]),
      ),
      ...times(
        [
          ...few.slice(0, 1),
          ...beginning("password-proved", few),
          ...beginning("session-continued", few.slice(0, 2)),
        ],
        times(stops, [{ isBrowserTrusted: true, mayRecover: true, ...SAVED, ...usual }]),
      ),
      ...times(
        [...beginning("password-proved", few), ...beginning("session-continued", few.slice(0, 2))],
        [
          { ...going, ...strange, mayRecover: false },
          { ...going, ...strange, ...UNSAVED },
        ],
      ),
      ...times(
        beginning("passkey-verified", few),
        [true, false].map((isPasswordless) => ({ ...going, ...strange, isPasswordless })),
      ),
      ...times(
        [...few, ...beginning("password-proved", few.slice(0, 6))],
        [{ ...going, ...strange, isPasswordless: true }],
      ),
      ...times(
        beginning("passkey-verified", few.slice(0, 6)),
        times(stops, [{ ...strange, isPasswordless: true }]),
      ),
      ...times(beginning("password-proved", few), [
        { ...going, ...strange, ...UNSAVED, mayRecover: false },
        { ...going, ...strange, ...UNSAVED, isBrowserTrusted: true },
      ]),
    ],
    everyPolicy(),
  );
}

type Facts = Pick<SignIn, "facts">;

const factSets = (most: number): Facts[] =>
  subsetsOf(PROVED)
    .filter((types) => types.length <= (types.some(isOfNewerKinds) ? Math.min(most, 3) : most))
    // Only a recovery code makes way for the answer that the factor is lost.
    .filter((types) => !types.includes("factor-lost") || types.includes("recovery-code-used"))
    .map((types) => ({ facts: types.map((type) => ({ type, at: 1 })) }));

/** No step tells these kinds from the others, so that fewer facts beside one are enough. */
const isOfNewerKinds = (type: FactType): boolean => type.startsWith("passkey-") || type.startsWith("email-");

const beginning = (type: FactType, sets: readonly Facts[]): Facts[] =>
  sets.map(({ facts }) => ({ facts: [{ type, at: 1 }, ...facts] }));

/** What the office demands and accepts, what the user has, and what the user may set up. */
function everyPolicy() {
  const demands = (["off", "offered", "required"] satisfies Demand[]).map((demand) => ({ demand }));
  const kinds: FactorKind[][] = [
    ["totp"],
    ["sms"],
    ["passkey"],
    ["email"],
    ["passkey", "totp", "sms", "email"],
  ];
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
    having(["passkey"], "none"),
    having(["email"], "none"),
    having(["sms", "totp", "passkey"], "confirmed"),
  ];
}

/** Each of the one with each of the other. */
const times = <One extends object, Other extends object>(ones: readonly One[], others: readonly Other[]) =>
  ones.flatMap((one) => others.map((other) => ({ ...one, ...other })));

function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>(
    (subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])],
    [[]],
  );
}
