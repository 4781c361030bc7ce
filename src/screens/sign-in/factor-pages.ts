import { FACTOR_KINDS, type FactorKind } from "../../domain/factors/factor.ts";

/** The sign-in pages of one kind of factor, by name. `journey.ts` places them in its steps. */
interface PagesOfKind {
  /** Asks for the factor. */
  readonly challenge: string;
  /** Further pages of the same step, such as the options of a user who has lost the factor. */
  readonly besideChallenge: readonly string[];
  /** Sets the factor up. */
  readonly enrolment: readonly string[];
}

export const FACTOR_PAGES = {
  passkey: { challenge: "challenge-passkey", besideChallenge: [], enrolment: ["enrol-passkey"] },
  totp: { challenge: "challenge-totp", besideChallenge: [], enrolment: ["enrol-totp"] },
  sms: {
    challenge: "challenge-sms",
    besideChallenge: ["lost-number", "lost-number-code", "replace-number", "new-number", "number-pending"],
    enrolment: ["check-number", "enter-number", "enrol-sms"],
  },
  email: { challenge: "challenge-email", besideChallenge: [], enrolment: ["enrol-email"] },
} as const satisfies Record<FactorKind, PagesOfKind>;

/** The pages of a kind, by plain names. */
export const pagesOfKind = (kind: FactorKind): PagesOfKind => FACTOR_PAGES[kind];

type Of<Part extends keyof PagesOfKind> = (typeof FACTOR_PAGES)[FactorKind][Part];

export const CHALLENGES = FACTOR_KINDS.map((kind) => FACTOR_PAGES[kind].challenge);
export const BESIDE_CHALLENGE = FACTOR_KINDS.flatMap(
  (kind): readonly Of<"besideChallenge">[number][] => FACTOR_PAGES[kind].besideChallenge,
);
export const ENROLMENTS = FACTOR_KINDS.flatMap(
  (kind): readonly Of<"enrolment">[number][] => FACTOR_PAGES[kind].enrolment,
);
