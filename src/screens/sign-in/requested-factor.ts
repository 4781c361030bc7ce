import type { Interaction } from "../../protocol/interactions.ts";
import type { SignIn } from "./sign-in-state.ts";

/**
 * The situation with what the application asks for, which can raise what the office demands and never lower it; and
 * with the session's password only as long as the session lives and lacks nothing but the factor.
 */
export function withRequestedFactor(
  { asksForSecondFactor, continues, params }: Interaction,
  signIn: SignIn,
): SignIn {
  const facts =
    continues === null ? signIn.facts.filter(({ type }) => type !== "session-continued") : signIn.facts;
  const isBrowserTrusted = signIn.isBrowserTrusted && !asksForSecondFactor && !asksForFreshProof(params);
  return { ...signIn, facts, isBrowserTrusted, demand: asksForSecondFactor ? "required" : signIn.demand };
}

/** Whoever wants somebody to sign in again wants the code as well: a browser from days ago proves nothing of now. */
function asksForFreshProof({ max_age: maxAge, prompt }: Interaction["params"]): boolean {
  return maxAge !== undefined || (typeof prompt === "string" && prompt.split(" ").includes("login"));
}
