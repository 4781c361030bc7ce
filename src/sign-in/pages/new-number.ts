import { z } from "zod";
import type { NumberService } from "../../factors/number-service.ts";
import type { Page } from "../page.ts";
import { personOf } from "./code-outcome.ts";
import { typedNumber, typedNumberModel } from "./typed-number.ts";

export interface NewNumberParts {
  readonly numbers: NumberService;
}

const form = z.object({ number: z.string().default("") });

/** Asks for another number in place of the confirmed one. Nothing is sent to it: somebody of the office approves first. */
export function newNumberPage({ numbers }: NewNumberParts): Page<z.output<typeof form>> {
  return {
    name: "new-number",
    view: "sign-in/new-number",
    form,
    keeps: ["number"],
    skipTo: ({ signIn }) => {
      if (signIn.number.state !== "confirmed") {
        return "challenge-totp";
      }
      return signIn.number.isPending ? "number-pending" : null;
    },
    show: (visit) =>
      Promise.resolve({
        ...typedNumberModel(visit),
        backHref: `/interaction/${visit.interaction.uid}/lost-number`,
      }),
    submit: async (visit, { number: typed }) => {
      const read = typedNumber(visit, typed);
      if ("errors" in read) {
        return read;
      }
      const result = await numbers.requestPending(personOf(visit), read.number, visit.visitor);
      return result.type === "same"
        ? { errors: [{ field: "number", message: visit.t("newNumber.same") }] }
        : { go: "number-pending" };
    },
  };
}
