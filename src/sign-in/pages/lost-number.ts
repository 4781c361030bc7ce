import { z } from "zod";
import type { Page } from "../page.ts";

const form = z.object({});

/** The ways that are left to somebody who no longer has the confirmed number. There is nothing to type. */
export function lostNumberPage(): Page<z.output<typeof form>> {
  return {
    name: "lost-number",
    view: "sign-in/lost-number",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.factors.includes("sms") ? null : "challenge-totp"),
    show: ({ interaction, signIn }) => {
      const base = `/interaction/${interaction.uid}`;
      return Promise.resolve({
        recoveryHref: `${base}/recovery-code`,
        appHref: signIn.factors.includes("totp") ? `${base}/challenge-totp` : null,
        newHref: signIn.number.isPending ? `${base}/number-pending` : `${base}/new-number`,
        isPending: signIn.number.isPending,
        backHref: `${base}/challenge-sms`,
      });
    },
    submit: () => Promise.resolve({ go: "lost-number" }),
  };
}
