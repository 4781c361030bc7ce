import { z } from "zod";
import { timeOfDay } from "../../../kernel/date-format.ts";
import { minutesUntil, now } from "../../../kernel/clock.ts";
import type { Page } from "../page.ts";

const form = z.object({});

/** The lockout after too many wrong codes. Only a user who entered the correct password sees it. */
export function blockedPage(): Page<z.output<typeof form>> {
  return {
    name: "blocked",
    view: "sign-in/blocked",
    form,
    keeps: [],
    show: ({ user, signIn, interaction, ...reader }) => {
      const at = now();
      const until = user?.blockedUntil ?? at;
      const minutes = minutesUntil(at, until);
      return Promise.resolve({
        isFrozen: signIn.guard.isFrozen,
        minutes,
        hours: minutes < 60 ? 0 : Math.ceil(minutes / 60),
        until: until.toISOString(),
        untilTime: timeOfDay(until, at, reader),
        now: at.toISOString(),
        newPasswordHref: `/interaction/${interaction.uid}/help/forgot-password`,
      });
    },
    // The lockout ends by itself; the button asks the journey again.
    submit: () => Promise.resolve({ type: "go", to: "blocked" }),
  };
}
