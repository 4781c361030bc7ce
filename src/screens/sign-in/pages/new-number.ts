import { z } from "zod";
import type { NumberService } from "../../../domain/factors/number-service.ts";
import { timeOfDay } from "../../../kernel/date-format.ts";
import { now } from "../../../kernel/clock.ts";
import { PageError } from "../../../kernel/errors.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { has } from "../journey.ts";
import type { PageOutcome, Page, PageContext } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { firstChallenge } from "./factor-choice.ts";
import { typedNumber, typedNumberModel } from "./typed-number.ts";

export interface NewNumberDeps {
  readonly numbers: NumberService;
}

const form = z.object({ number: z.string().default("") });

/** Requests another number in place of the confirmed one. No message goes there before an administrator approves it. */
export function newNumberPage({ numbers }: NewNumberDeps): Page<z.output<typeof form>> {
  return {
    name: "new-number",
    view: "sign-in/new-number",
    form,
    keeps: ["number"],
    isOffered: (signIn) =>
      has(signIn, "password-proved") && signIn.number.state === "confirmed" && !signIn.number.isPending,
    skipTo: ({ signIn }) => {
      if (!has(signIn, "password-proved")) {
        return "lost-number";
      }
      if (signIn.number.state !== "confirmed") {
        return firstChallenge(signIn);
      }
      return signIn.number.isPending ? "number-pending" : null;
    },
    show: (context) =>
      Promise.resolve({
        ...typedNumberModel(context, null),
        backHref: `/interaction/${context.interaction.uid}/lost-number`,
      }),
    submit: async (context, { number: typed }) => {
      const read = typedNumber(context, typed);
      if (read.type === "errors") {
        return read;
      }
      const proof = { visitor: context.visitor, provedAt: passwordProvedAt(context) };
      const result = await numbers.requestPending(contactOf(context), read.number, proof);
      return outcomeOf(context, result);
    },
  };
}

/** In seconds since 1970. */
function passwordProvedAt({ signIn }: PageContext): number {
  const proved = signIn.facts.findLast(({ type }) => type === "password-proved");
  if (proved === undefined) {
    throw new PageError("expired");
  }
  return proved.at;
}

function outcomeOf(
  { t, ...reader }: PageContext,
  result: Awaited<ReturnType<NumberService["requestPending"]>>,
): PageOutcome {
  switch (result.type) {
    case "same":
      return fault("number", t("newNumber.same"));
    case "held": {
      const time = timeOfDay(result.until, now(), reader);
      return fault(null, t("newNumber.held", { time }));
    }
    // Another request was faster and is now pending.
    case "refused":
    case "requested":
      return { type: "go", to: "number-pending" };
  }
}
