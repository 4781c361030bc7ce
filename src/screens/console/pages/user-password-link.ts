import { epochSeconds, now } from "../../../kernel/clock.ts";
import { dateTime } from "../../../platform/web/when.ts";
import { confirmPage } from "../confirm-page.ts";
import type { PersonPage, UserContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";

/** Mails a link to choose a password; an invitation to whoever has never signed in. Nobody here sees the link. */
export function userPasswordLinkPage({ people }: ConsoleDeps): PersonPage {
  const standingOf = ({ office, person }: UserContext) =>
    people.standing.find(office.id, person.id, epochSeconds(now()));
  return confirmPage({
    name: "user-password-link",
    path: "/password-link",
    action: "user.send-password-link",
    asksReason: false,
    ask: async (context) => {
      const { t, language } = context;
      const { lastSignInAt, linksHeldUntil } = await standingOf(context);
      const notice = obstacleTo(
        context,
        linksHeldUntil === null ? null : dateTime(linksHeldUntil, language).text,
      );
      const isNew = lastSignInAt === null;
      const effects = [isNew ? "invitation" : "link", "older", "factor"];
      return {
        tone: "info",
        ...(notice === null ? {} : { notice }),
        facts: [{ name: t("account.mail.label"), value: context.person.mail ?? t("account.none") }],
        effects: notice === null ? effects.map((effect) => t(`console.user-password-link.${effect}`)) : [],
        undo: t("console.user-password-link.undo"),
        buttons: notice === null ? [{ text: t("console.user-password-link.submit"), value: "send" }] : [],
      };
    },
    act: async (context) => {
      const { lastSignInAt } = await standingOf(context);
      const purpose = lastSignInAt === null ? "invitation" : "password-reset";
      const user = await userOf(people, context);
      const { type } = await people.users.sendPasswordLink(user, purpose, context.actor);
      return type === "sent" ? { type: "done", to: hrefOf(context) } : overtaken(context);
    },
  });
}

/** Why no link goes out now; null when one does. */
function obstacleTo({ person, office, t }: UserContext, heldUntil: string | null): string | null {
  if (person.mail === null) {
    return t("console.user-password-link.noMail");
  }
  if (person.status !== "active" || office.status !== "open") {
    return t("console.user-password-link.closed");
  }
  return heldUntil === null ? null : t("console.user-password-link.held", { time: heldUntil });
}
