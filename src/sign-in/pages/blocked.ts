import { z } from "zod";
import { clockTime } from "../../http/clock-time.ts";
import { minutesUntil, type Clock } from "../../kernel/clock.ts";
import type { Page } from "../page.ts";

const form = z.object({});

/** The block that the title speaks of; after many failures it is longer. */
const USUAL_MINUTES = 15;

/** Too many wrong codes. Shown only to somebody who gave the right password; there is nothing to type. */
export function blockedPage({ clock }: { clock: Clock }): Page<z.output<typeof form>> {
  return {
    name: "blocked",
    view: "sign-in/blocked",
    form,
    keeps: [],
    show: ({ person, language, interaction }) => {
      const now = clock();
      const until = person?.blockedUntil ?? now;
      return Promise.resolve({
        until: until.toISOString(),
        untilTime: clockTime(until, now, language),
        now: now.toISOString(),
        isLong: minutesUntil(now, until) > USUAL_MINUTES,
        newPasswordHref: `/forgot-password?from=${interaction.uid}`,
      });
    },
    // The block ends by itself; pressing on asks the journey again.
    submit: () => Promise.resolve({ go: "blocked" }),
  };
}
