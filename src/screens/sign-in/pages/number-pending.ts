import { z } from "zod";
import type { NoticeChannel } from "../../../domain/factors/number-store.ts";
import type { Page } from "../page.ts";
import { personOf } from "./code-outcome.ts";
import { firstChallenge } from "./factor-ways.ts";
import type { NewNumberDeps } from "./new-number.ts";

const form = z.object({});

/** A change of the number waits for somebody of the office; the page says for whom, and who was told. There is nothing to type. */
export function numberPendingPage({ numbers }: NewNumberDeps): Page<z.output<typeof form>> {
  return {
    name: "number-pending",
    view: "sign-in/number-pending",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.number.isPending ? null : firstChallenge(signIn)),
    show: async (context) => {
      const base = `/interaction/${context.interaction.uid}`;
      const stored = await numbers.find(personOf(context));
      return {
        told: context.t("numberPending.told", { by: byOf(stored?.pendingNotified ?? []) }),
        recoveryHref: `${base}/recovery-code`,
        backHref: `${base}/challenge-sms`,
      };
    },
    submit: () => Promise.resolve({ type: "go", to: "number-pending" }),
  };
}

const byOf = (told: readonly NoticeChannel[]): NoticeChannel | "both" | "none" =>
  told.length > 1 ? "both" : (told[0] ?? "none");
