import { areResistant, FACTORS, type FactorKind } from "../../domain/factors/factor.ts";
import type { Interaction } from "../../protocol/interactions.ts";
import type { SignIn } from "./sign-in-state.ts";

/**
 * The sign-in state with the demands of the application. They can raise the demands of the office and never lower them.
 * The password of a session counts only while the session is alive and lacks nothing but the factor.
 */
export function withRequestedFactor(
  { asksForSecondFactor, asksForPhishingResistance, continues, params }: Interaction,
  signIn: SignIn,
): SignIn {
  const facts =
    continues === null ? signIn.facts.filter(({ type }) => type !== "session-continued") : signIn.facts;
  const isBrowserTrusted = signIn.isBrowserTrusted && !asksForSecondFactor && !asksForFreshProof(params);
  const accepted = asksForPhishingResistance ? strongestOf(signIn.accepted) : signIn.accepted;
  return {
    ...signIn,
    facts,
    isBrowserTrusted,
    accepted,
    mayRecover: signIn.mayRecover && !(asksForPhishingResistance && areResistant(accepted)),
    demand: asksForSecondFactor ? "required" : signIn.demand,
  };
}

/** Those that resist phishing, where the office accepts any; else all. */
function strongestOf(accepted: readonly FactorKind[]): readonly FactorKind[] {
  const resistant = accepted.filter((kind) => FACTORS[kind].resistsPhishing);
  return resistant.length > 0 ? resistant : accepted;
}

/**
 * A client that asks for a fresh sign-in (OIDC Core 3.1.2.1) wants the code too: a trusted browser proves nothing about
 * the present.
 */
function asksForFreshProof({ max_age: maxAge, prompt }: Interaction["params"]): boolean {
  return maxAge !== undefined || (typeof prompt === "string" && prompt.split(" ").includes("login"));
}
