import type { SignIn } from "../situation.ts";

/** Whether the app's code is all that is asked for. Where only text messages are accepted it leads to a new number instead. */
export const isAppEnough = ({ factors, accepted, demand }: SignIn): boolean =>
  factors.includes("totp") && (demand !== "required" || accepted.includes("totp"));

/** Whether a text message comes first: it is the only method, or the only one that the office accepts. */
export const isSmsFirst = (signIn: SignIn): boolean => signIn.factors.includes("sms") && !isAppEnough(signIn);
