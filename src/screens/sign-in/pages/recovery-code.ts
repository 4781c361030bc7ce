import { z } from "zod";
import { factorText } from "../../../domain/factors/factor.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import type { Page, PageContext } from "../page.ts";
import type { FactType, SignIn } from "../sign-in-state.ts";
import { checkCode, codeOutcome } from "./code-outcome.ts";
import { firstChallenge, firstKind } from "./factor-choice.ts";

const form = z.object({ recoveryCode: z.string().default("") });
type Form = z.output<typeof form>;

const attemptOf = ({ recoveryCode: code }: Form, binding: string) =>
  ({ type: "recovery", code, binding }) as const;

/** A recovery code in place of the factor. */
export const recoveryCodePage = (codes: SecondFactorCheck): Page<Form> =>
  pageOf(codes, {
    name: "recovery-code",
    also: () => [],
    backOf: ({ signIn, t }) => ({
      page: firstChallenge(signIn),
      text: t(factorText(firstKind(signIn), "back")),
    }),
  });

/**
 * The same for a user who has said that the number is lost: they are not asked for it again, and enter the new one next. One who has
 * another factor too may have lost both, and is asked.
 */
export const lostNumberCodePage = (codes: SecondFactorCheck): Page<Form> =>
  pageOf(codes, {
    name: "lost-number-code",
    also: ({ factors }) => (factors.length === 1 ? ["factor-lost"] : []),
    backOf: ({ t }) => ({ page: "lost-number", text: t("lostNumber.otherWays") }),
  });

interface Kind {
  readonly name: "recovery-code" | "lost-number-code";
  readonly also: (signIn: SignIn) => readonly FactType[];
  readonly backOf: (context: PageContext) => { readonly page: string; readonly text: string };
}

function pageOf(codes: SecondFactorCheck, { name, also, backOf }: Kind): Page<Form> {
  return {
    name,
    view: "sign-in/recovery-code",
    form,
    keeps: [],
    show: (context) => {
      const { interaction, signIn, t } = context;
      const back = backOf(context);
      return Promise.resolve({
        values: { recoveryCode: "" },
        autofocus: "recoveryCode",
        effect: t(`recoveryCode.${effectOf(signIn, name)}`),
        back: back.text,
        backHref: `/interaction/${interaction.uid}/${back.page}`,
        noCodesLeft: t(factorText(firstKind(signIn), "noCodesLeft")),
      });
    },
    attempt: attemptOf,
    submit: async (context, typed) => {
      const result = await checkCode(codes, context, attemptOf(typed, context.interaction.uid));
      const fact = "recovery-code-used";
      return codeOutcome(context, result, { name, field: "recoveryCode", fact, also: also(context.signIn) });
    },
  };
}

/** What the code will do, said before it is used up. */
function effectOf({ mayRecover }: SignIn, name: Kind["name"]): "signsIn" | "setsUp" | "newNumber" {
  if (!mayRecover) {
    return "setsUp";
  }
  return name === "recovery-code" ? "signsIn" : "newNumber";
}
