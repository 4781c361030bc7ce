import { factorText } from "../../domain/factors/factor.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { UserDeps } from "./console-deps.ts";
import type { UserContext } from "./page.ts";
import type { SetUpState } from "./set-up-store.ts";

/** What an administrator's help with a second factor does, in words: of nothing that the user does not have. */

/** The state of the user's second factor. */
export const setUpOf = ({ setUp }: UserDeps, { office, user }: UserContext): Promise<SetUpState> =>
  setUp.find(office.id, user.id, epochSeconds(now()));

/** The action behind one page: takes factors away, opens the set-up again, or makes another code; null: there is nothing to do. */
export type ResetAim = "reset" | "allow" | "code";

export function resetAimOf({ kinds, need, isFrozen }: SetUpState): ResetAim | null {
  if (kinds.length > 0) {
    return "reset";
  }
  return need === "code" ? "code" : need === "closed" || isFrozen ? "allow" : null;
}

/** The keys of its title and its buttons begin so. */
export const resetTexts = (aim: ResetAim): string =>
  aim === "reset" ? "console.user-reset" : `console.user-reset.${aim}`;

export function resetEffects(state: SetUpState, { t }: Pick<UserContext, "t">): string[] {
  const { kinds, hasEnteredNumber, codesLeft } = state;
  const text = (key: string) => t(`console.user-reset.${key}`);
  return [
    ...kinds.map((kind) => t(factorText(kind, "reset"))),
    ...(hasEnteredNumber ? [text("entered")] : []),
    ...codesEnd(state, t),
    text(kinds.length + codesLeft > 0 ? "sessions" : "openSessions"),
    text("code"),
    text("told"),
  ];
}

/** Of a number that takes the place of the current one. */
export function enteredEffects(state: SetUpState, context: UserContext): string[] {
  const text = (key: string) => context.t(`console.user-number.${key}`);
  if (!isFactor(context)) {
    return [text(state.kinds.length > 0 ? "later" : "confirms")];
  }
  return [text("old"), text("sessions"), ...lossOf(state, context, [text("exactly")]), text("told")];
}

export function deletedEffects(state: SetUpState, context: UserContext): string[] {
  const text = (key: string) => context.t(`console.user-number-delete.${key}`);
  if (!isFactor(context)) {
    const unused = text(state.kinds.length > 0 ? "unused" : "asked");
    return state.need === "code" ? [text("code")] : [unused];
  }
  return [text("noCodes"), text("sessions"), ...lossOf(state, context, [text("code")]), text("told")];
}

const isFactor = ({ user }: UserContext): boolean => user.number?.state === "confirmed";

/** `last`: what follows where the number is the only factor. Otherwise the recovery codes stay. */
function lossOf(state: SetUpState, { t }: UserContext, last: readonly string[]): string[] {
  return state.kinds.length > 1 ? [t("console.factors.stay")] : [...last, ...codesEnd(state, t)];
}

const codesEnd = ({ codesLeft }: SetUpState, t: UserContext["t"]): string[] =>
  codesLeft === 0 ? [] : [t("console.factors.codesEnd", { left: codesLeft })];
