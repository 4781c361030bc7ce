import { z } from "zod";
import { clockTime } from "../../http/clock-time.ts";
import { minutesUntil, type Clock } from "../../kernel/clock.ts";
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
      const until = person?.blockedUntil ?? null;
      const now = clock();
      const minutes = until === null ? 0 : minutesUntil(now, until);
      const hours = minutes < 60 ? 0 : Math.ceil(minutes / 60);
      // Of a block that lasts until tomorrow the day is told too.
      const day = hours < 12 ? null : "long";
      return Promise.resolve({
        isFrozen: signIn.guard.isFrozen,
        minutes,
        hours,
        day,
        now: now.toISOString(),
        until: until?.toISOString() ?? "",
        untilTime: until === null ? "" : clockTime(until, language, day),
        againHref: `/interaction/${interaction.uid}`,
        newPasswordHref: `/forgot-password?from=${interaction.uid}`,
      });
    },
    // The block ends by itself; pressing on asks the journey again.
    submit: () => Promise.resolve({ go: "blocked" }),
  };
}
