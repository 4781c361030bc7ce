import { z } from "zod";
import { acceptedModels } from "../../../domain/factors/passkeys/passkey-facts.ts";
import { ceremonyModel } from "../../../platform/web/ceremony-model.ts";
import { has } from "../journey.ts";
import type { Page, PageContext } from "../page.ts";
import type { PasskeyDeps } from "./challenge-passkey.ts";
import { contactOf } from "./code-outcome.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";
import { otherEnrolments } from "./factor-choice.ts";
import { enrolOutcome, type ReplacedFactorDeps } from "./replaced-factor.ts";

const form = z.object({ credential: z.string().default(""), later: z.string().optional() });

/** Sets up a passkey. Nothing is stored before the browser has answered the challenge of this page. */
export function enrolPasskeyPage(deps: PasskeyDeps & ReplacedFactorDeps): Page<z.output<typeof form>> {
  return {
    name: "enrol-passkey",
    view: "sign-in/enrol-passkey",
    form,
    keeps: [],
    show: async (context) => {
      const ceremony = context.isUnseen ? null : await ceremonyOf(deps, context);
      return {
        ...postponeModel(context),
        ...codesLeftModel(context),
        values: {},
        autofocus: "",
        ceremony: ceremony === null ? null : ceremonyModel(ceremony),
        models: acceptedModels(ceremony?.models ?? null, context),
        instead: otherEnrolments(context, "passkey"),
      };
    },
    submit: async (context, { credential, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const [binding, replaces] = [context.interaction.uid, has(context.signIn, "recovery-code-used")];
      const attempt = { type: "new-passkey", code: credential, binding, replaces } as const;
      const result = await deps.codes.check(contactOf(context), attempt, context.visitor);
      const page = {
        ...({ name: "enrol-passkey", field: null, fact: "passkey-enrolled" } as const),
        wrongText: "passkey.wrong",
      };
      return enrolOutcome(deps, context, { result, replaces, page });
    },
  };
}

function ceremonyOf({ challenges }: PasskeyDeps, context: PageContext) {
  const user = contactOf(context);
  const account = context.user?.account;
  const name = account === undefined ? user.name : `${account.office.code}/${account.username}`;
  return challenges.make(user, { binding: context.interaction.uid, account: name });
}
