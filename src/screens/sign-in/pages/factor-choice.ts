import {
  FACTOR_KINDS,
  factorText,
  usableMethods,
  type FactorKind,
  type Sending,
} from "../../../domain/factors/factor.ts";
import { maskAddress } from "../../../domain/factors/email/email-address.ts";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { FACTOR_PAGES } from "../factor-pages.ts";
import { firstPage, has, type PageName, type StepName } from "../journey.ts";
import { isBeneath } from "../offered-pages.ts";
import type { PageContext } from "../page.ts";
import type { SignIn } from "../sign-in-state.ts";

interface FactorRules {
  /** Whether the pages of other factors offer this one to a user who has it. */
  readonly isOffered: (signIn: SignIn) => boolean;
  /** The first page of the enrolment. */
  readonly enrolmentPage: (signIn: SignIn) => PageName;
}

const RULES: Readonly<Record<FactorKind, FactorRules>> = {
  passkey: {
    isOffered: (signIn) => isSufficient(signIn, "passkey"),
    enrolmentPage: () => "enrol-passkey",
  },
  totp: {
    // Where the office accepts text messages only, the app proves the user for a new number instead:
    // `replace-number.ts`.
    isOffered: (signIn) => isSufficient(signIn, "totp"),
    enrolmentPage: () => "enrol-totp",
  },
  sms: {
    isOffered: (signIn) => !isBeneath("sms", signIn),
    // A user who has a confirmed number and used another factor has lost the number.
    enrolmentPage: (signIn) =>
      signIn.number.state !== "unconfirmed" || has(signIn, "recovery-code-used")
        ? "enter-number"
        : "check-number",
  },
  email: {
    isOffered: (signIn) => isSufficient(signIn, "email"),
    enrolmentPage: () => "enrol-email",
  },
};

/** Whether this factor alone satisfies the office. */
export const isSufficient = ({ factors, accepted, demand }: SignIn, kind: FactorKind): boolean =>
  factors.includes(kind) && (demand !== "required" || accepted.includes(kind));

/** The kind to ask for first: a sufficient one, of those the one that was used last, else the strongest. */
export const firstKind = (signIn: SignIn): FactorKind =>
  signIn.factors.find((kind) => isSufficient(signIn, kind)) ?? signIn.factors[0] ?? FACTOR_KINDS[0];

export const firstChallenge = (signIn: SignIn): PageName => FACTOR_PAGES[firstKind(signIn)].challenge;

/** The page to begin a step with. A redirect to another one would only lead here. */
export const entryPage = (step: StepName, signIn: SignIn): PageName =>
  step === "challenge" ? firstChallenge(signIn) : firstPage(step);

export const enrolmentPage = (kind: FactorKind, signIn: SignIn): PageName =>
  RULES[kind].enrolmentPage(signIn);

/** The other methods that can be set up here, where the office accepts more than one. */
export const otherEnrolments = ({ interaction, signIn, t }: PageContext, current: FactorKind) =>
  FACTOR_KINDS.filter((kind) => kind !== current && signIn.accepted.includes(kind)).map((kind) => ({
    href: `/interaction/${interaction.uid}/${enrolmentPage(kind, signIn)}`,
    text: t(factorText(kind, "instead")),
  }));

/** The user's other factors, each with its page and texts; a number is masked. */
export function otherFactors(
  { interaction, signIn, user, t }: PageContext,
  current: FactorKind,
  sending: Sending,
) {
  return usableMethods(FACTOR_KINDS, sending)
    .filter((kind) => kind !== current && signIn.factors.includes(kind) && RULES[kind].isOffered(signIn))
    .map((kind) => ({
      href: `/interaction/${interaction.uid}/${FACTOR_PAGES[kind].challenge}`,
      text: t(factorText(kind, "use"), {
        number: unbrokenMask(user?.number ?? ""),
        address: maskAddress(user?.account.mail ?? ""),
      }),
      hint: t(factorText(kind, "stillWorks")),
    }));
}
