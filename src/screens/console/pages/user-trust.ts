import { deviceName } from "../../../platform/web/device-name.ts";
import { longDay, dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import { confirmPage } from "../confirm-page.ts";
import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";

/** The trusted browsers of a user, with a button to end the trust in all of them. */
export function userTrustPage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-trust",
    path: "/end-trust",
    action: "user.end-trust",
    asksReason: false,
    ask: async ({ office, user, t, ...reader }) => {
      const { trusted } = await userDeps.status.find(office.id, user.id, epochSeconds(now()));
      const isNone = trusted.length === 0;
      return {
        tone: "warn",
        ...(isNone ? { notice: t("console.user-trust.none") } : {}),
        facts: trusted.map((browser) => {
          const since = longDay(browser.trustedAt, reader);
          const used = dateTime(browser.usedAt, reader).text;
          return { name: deviceName(browser, t), value: t("console.user-trust.browser", { since, used }) };
        }),
        effects: ["code", "sessions", "told"].map((effect) => t(`console.user-trust.${effect}`)),
        undo: t("console.user-trust.undo"),
        buttons: isNone ? [] : [{ text: t("console.user-trust.submit"), value: "end" }],
      };
    },
    act: async (context) => {
      const { type } = await userDeps.factors.endTrust(await userOf(userDeps, context), context.actor);
      return type === "ended" ? { type: "done", to: hrefOf(context) } : overtaken(context);
    },
  });
}
