import { z } from "zod";
import type { NoticeChannel } from "../../../domain/factors/number-store.ts";
import type { Page } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { firstChallenge } from "./factor-choice.ts";
import type { NewNumberDeps } from "./new-number.ts";

const form = z.object({});

/** A change of the number waits for an administrator. The page says by which channel the user was notified. */
export function numberPendingPage({ numbers }: NewNumberDeps): Page<z.output<typeof form>> {
  return {
    name: "number-pending",
    view: "sign-in/number-pending",
    form,
    keeps: [],
    isOffered: (signIn) => signIn.number.isPending,
    skipTo: ({ signIn }) => (signIn.number.isPending ? null : firstChallenge(signIn)),
    show: async (context) => {
      const base = `/interaction/${context.interaction.uid}`;
      const stored = await numbers.find(contactOf(context));
      return {
        told: context.t("numberPending.told", { by: channelOf(stored?.pendingNotified ?? []) }),
        recoveryHref: `${base}/lost-number-code`,
        backHref: `${base}/challenge-sms`,
      };
    },
    submit: () => Promise.resolve({ type: "go", to: "number-pending" }),
  };
}

const channelOf = (channels: readonly NoticeChannel[]): NoticeChannel | "both" | "none" =>
  channels.length > 1 ? "both" : (channels[0] ?? "none");
