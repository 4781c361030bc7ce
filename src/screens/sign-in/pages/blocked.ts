import { z } from "zod";
import { clockTime } from "../../../platform/web/clock-time.ts";
import { minutesUntil, type Clock } from "../../../kernel/clock.ts";
import type { Page } from "../page.ts";

interface Parts {
  readonly clock: Clock;
}

const form = z.object({});

/** Too many wrong codes. Shown only to somebody who gave the right password; there is nothing to type. */
export function blockedPage({ clock }: Parts): Page<z.output<typeof form>> {
  return {
    name: "blocked",
    view: "sign-in/blocked",
    form,
    keeps: [],
    show: ({ person, signIn, language, interaction }) => {
      const now = clock();
      const until = person?.blockedUntil ?? now;
      const minutes = minutesUntil(now, until);
      return Promise.resolve({
        isFrozen: signIn.guard.isFrozen,
        minutes,
        hours: minutes < 60 ? 0 : Math.ceil(minutes / 60),
        until: until.toISOString(),
        untilTime: clockTime(until, now, language),
        now: now.toISOString(),
        newPasswordHref: `/forgot-password?from=${interaction.uid}`,
      });
    },
    // The block ends by itself; pressing on asks the journey again.
    submit: () => Promise.resolve({ type: "go", to: "blocked" }),
  };
}
