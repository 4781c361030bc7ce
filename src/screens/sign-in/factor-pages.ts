import { FACTOR_KINDS, type FactorKind } from "../../domain/factors/factor.ts";

/** The pages of the sign-in that belong to one kind, by name. `journey.ts` puts them into its steps. */
interface PagesOfKind {
  /** Asks for the factor. */
  readonly challenge: string;
  /** What else the same step shows, such as the ways that are left after the factor was lost. */
  readonly besideChallenge: readonly string[];
  /** Sets the factor up. */
  readonly enrolment: readonly string[];
}

export const FACTOR_PAGES = {
  totp: { challenge: "challenge-totp", besideChallenge: [], enrolment: ["enrol-totp"] },
  sms: {
    challenge: "challenge-sms",
    besideChallenge: ["lost-number", "replace-number", "new-number", "number-pending"],
    enrolment: ["check-number", "enter-number", "enrol-sms"],
  },
} as const satisfies Record<FactorKind, PagesOfKind>;

type Of<Part extends keyof PagesOfKind> = (typeof FACTOR_PAGES)[FactorKind][Part];

export const CHALLENGES = FACTOR_KINDS.map((kind) => FACTOR_PAGES[kind].challenge);
export const BESIDE_CHALLENGE = FACTOR_KINDS.flatMap(
  (kind): readonly Of<"besideChallenge">[number][] => FACTOR_PAGES[kind].besideChallenge,
);
export const ENROLMENTS = FACTOR_KINDS.flatMap(
  (kind): readonly Of<"enrolment">[number][] => FACTOR_PAGES[kind].enrolment,
);
