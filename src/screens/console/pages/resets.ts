import { dateTime } from "../../../platform/web/when.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { personHref, type PlatformPage } from "../page.ts";
import type { ConsoleDeps, PeopleDeps } from "../console-deps.ts";

/** Resets that one member of support has asked for, and another has to decide. */
export function resetsPage({ people }: ConsoleDeps): PlatformPage {
  return {
    name: "resets",
    about: "platform",
    path: "/resets",
    action: "superuser-resets.see",
    isEntry: true,
    show: async ({ language }) => {
      const waiting = await people.factors.waitingResets();
      const resets = await Promise.all(
        waiting.map(async ({ officeCode, username, name, reason, endsAt }) => ({
          ...{ officeCode, username, name, reason },
          href: await hrefOf(people, officeCode, username),
          until: dateTime(epochSeconds(endsAt), language).text,
        })),
      );
      return { view: "resets", model: { resets } };
    },
  };
}

async function hrefOf(people: PeopleDeps, officeCode: string, username: string): Promise<string | null> {
  const officeId = await people.officeIdOf(officeCode);
  const user = officeId === null ? null : await people.findByUsername(officeId, username);
  return user === null ? null : personHref(officeCode, user.id, "/reset-request");
}
