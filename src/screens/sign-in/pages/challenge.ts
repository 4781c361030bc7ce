import type { FactType, SignIn } from "../sign-in-state.ts";
import type { PageContext } from "../page.ts";

/** What the pages of a challenge share: which method comes first, and the box that trusts this browser. */

/** Whether the app's code is all that is asked for. Where only text messages are accepted it leads to a new number instead. */
export const isAppEnough = ({ factors, accepted, demand }: SignIn): boolean =>
  factors.includes("totp") && (demand !== "required" || accepted.includes("totp"));

/** Whether a text message comes first: it is the only method, or the only one that the office accepts. */
export const isSmsFirst = (signIn: SignIn): boolean => signIn.factors.includes("sms") && !isAppEnough(signIn);

/** For how many days this browser may be trusted; null where the office does not allow it. */
export const trustDaysOf = ({ person }: PageContext): number | null =>
  person?.account.office.secondFactor.trust?.days ?? null;

/** The box below a code. Whether it is granted is decided at the end of the sign-in. */
export const trustWish = (box: string | undefined): readonly FactType[] =>
  box === undefined ? [] : ["trust-wished"];
