import { z } from "zod";
import type { Page } from "../page.ts";

const form = z.object({});

/** A change of the number waits for somebody of the office; the page says for whom. There is nothing to type. */
export function numberPendingPage(): Page<z.output<typeof form>> {
  return {
    name: "number-pending",
    view: "sign-in/number-pending",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.number.isPending ? null : "challenge-totp"),
    show: ({ interaction }) => {
      const base = `/interaction/${interaction.uid}`;
      return Promise.resolve({
        recoveryHref: `${base}/recovery-code`,
        backHref: `${base}/challenge-sms`,
      });
    },
    submit: () => Promise.resolve({ go: "number-pending" }),
  };
}
