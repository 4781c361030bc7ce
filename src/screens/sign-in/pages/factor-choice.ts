import { FACTOR_KINDS, factorText, usableMethods, type FactorKind } from "../../../domain/factors/factor.ts";
import { FACTOR_PAGES } from "../factor-pages.ts";
import { has, type PageName } from "../journey.ts";
import type { PageContext } from "../page.ts";
import type { SignIn } from "../sign-in-state.ts";

interface FactorRules {
  /** Whether another factor's page offers this one, where the user has it. */
  readonly isOffered: (signIn: SignIn) => boolean;
  /** Where the set-up begins. */
  readonly enrolmentPage: (signIn: SignIn) => PageName;
}

const RULES: Readonly<Record<FactorKind, FactorRules>> = {
  totp: {
    // Where only text messages are accepted, the app leads to a new number instead: `replace-number.ts`.
    isOffered: (signIn) => isSufficient(signIn, "totp"),
    enrolmentPage: () => "enrol-totp",
  },
  sms: {
    isOffered: () => true,
    // A user who has a confirmed number and came here by something else has lost it.
    enrolmentPage: (signIn) =>
      signIn.number.state !== "unconfirmed" || has(signIn, "recovery-code-used")
        ? "enter-number"
        : "check-number",
  },
};

/** Whether this factor is all that is asked for. */
export const isSufficient = ({ factors, accepted, demand }: SignIn, kind: FactorKind): boolean =>
  factors.includes(kind) && (demand !== "required" || accepted.includes(kind));

/** The kind that is asked for first: the strongest that is enough, or else the strongest that the user has. */
export const firstKind = (signIn: SignIn): FactorKind =>
  FACTOR_KINDS.find((kind) => isSufficient(signIn, kind)) ??
  FACTOR_KINDS.find((kind) => signIn.factors.includes(kind)) ??
  FACTOR_KINDS[0];

export const firstChallenge = (signIn: SignIn): PageName => FACTOR_PAGES[firstKind(signIn)].challenge;

export const enrolmentPage = (kind: FactorKind, signIn: SignIn): PageName =>
  RULES[kind].enrolmentPage(signIn);

/** The user's other factors that can be used instead, each with its page and what pages say of it. */
export function otherFactors(
  { interaction, signIn, t }: PageContext,
  current: FactorKind,
  canSendSms: boolean,
) {
  return usableMethods(FACTOR_KINDS, canSendSms)
    .filter((kind) => kind !== current && signIn.factors.includes(kind) && RULES[kind].isOffered(signIn))
    .map((kind) => ({
      href: `/interaction/${interaction.uid}/${FACTOR_PAGES[kind].challenge}`,
      text: t(factorText(kind, "use")),
      hint: t(factorText(kind, "stillWorks")),
    }));
}
