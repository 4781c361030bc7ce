import type { FactType } from "../sign-in-state.ts";
import type { PageContext } from "../page.ts";

/** For how many days the user can trust this browser; null where the office does not allow it. */
export const trustDaysOf = ({ user }: PageContext): number | null =>
  user?.account.office.secondFactor.trust?.days ?? null;

/** The checkbox below the code. The end of the sign-in decides whether it is granted. */
export const trustRequest = (box: string | undefined): readonly FactType[] =>
  box === undefined ? [] : ["trust-wished"];
