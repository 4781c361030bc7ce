import { dateTime } from "../../../platform/web/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { userHref, type PlatformPage } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";

/** Resets that one member of support has requested and another one has to approve. */
export function resetsPage({ userDeps }: ConsoleDeps): PlatformPage {
  return {
    name: "resets",
    about: "platform",
    path: "/resets",
    action: "superuser-resets.see",
    isEntry: true,
    show: async ({ language }) => {
      const waiting = await userDeps.factors.waitingResets();
      const resets = await Promise.all(
        waiting.map(async ({ officeCode, username, name, reason, endsAt }) => ({
          ...{ officeCode, username, name, reason },
          href: await hrefOf(userDeps, officeCode, username),
          until: dateTime(epochSeconds(endsAt), language).text,
        })),
      );
      return { view: "resets", model: { resets } };
    },
  };
}

async function hrefOf(userDeps: UserDeps, officeCode: string, username: string): Promise<string | null> {
  const officeId = await userDeps.officeIdOf(officeCode);
  const user = officeId === null ? null : await userDeps.findByUsername(officeId, username);
  return user === null ? null : userHref(officeCode, user.id, "/reset-request");
}
