import type { FactType } from "../sign-in-state.ts";
import type { PageContext } from "../page.ts";

/** For how many days this browser may be trusted; null where the office does not allow it. */
export const trustDaysOf = ({ user }: PageContext): number | null =>
  user?.account.office.secondFactor.trust?.days ?? null;

/** The box below a code. Whether it is granted is decided at the end of the sign-in. */
export const trustWish = (box: string | undefined): readonly FactType[] =>
  box === undefined ? [] : ["trust-wished"];
