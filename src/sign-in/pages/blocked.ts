import { z } from "zod";
import { clockTime } from "../../http/clock-time.ts";
import type { Page } from "../page.ts";

const form = z.object({});

/** Too many wrong codes. Shown only to somebody who gave the right password; there is nothing to type. */
export function blockedPage(): Page<z.output<typeof form>> {
  return {
    name: "blocked",
    view: "sign-in/blocked",
    form,
    keeps: [],
    show: ({ person, language, interaction }) => {
      const until = person?.blockedUntil ?? null;
      return Promise.resolve({
        until: until?.toISOString() ?? "",
        untilTime: until === null ? "" : clockTime(until, language),
        newPasswordHref: `/forgot-password?from=${interaction.uid}`,
      });
    },
    // The block ends by itself; pressing on asks the journey again.
    submit: () => Promise.resolve({ go: "blocked" }),
  };
}
