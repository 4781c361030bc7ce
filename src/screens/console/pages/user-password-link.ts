import { epochSeconds, now } from "../../../kernel/clock.ts";
import { when } from "../../../platform/web/when.ts";
import { confirmPage } from "../confirm-page.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../person-visit.ts";

/** Mails a link to choose a password; an invitation to whoever has never signed in. Nobody here sees the link. */
export function userPasswordLinkPage({ people }: ConsoleDeps): PersonPage {
  const standingOf = ({ office, person }: PersonVisit) =>
    people.standing.find(office.id, person.id, epochSeconds(now()));
  return confirmPage({
    name: "user-password-link",
    path: "/password-link",
    action: "user.send-password-link",
    asksReason: false,
    ask: async (visit) => {
      const { t, language } = visit;
      const { lastSignInAt, linksHeldUntil } = await standingOf(visit);
      const notice = obstacleTo(visit, linksHeldUntil === null ? null : when(linksHeldUntil, language).text);
      const isNew = lastSignInAt === null;
      const effects = [isNew ? "invitation" : "link", "older", "factor"];
      return {
        tone: "info",
        ...(notice === null ? {} : { notice }),
        facts: [{ name: t("account.mail.label"), value: visit.person.mail ?? t("account.none") }],
        effects: notice === null ? effects.map((effect) => t(`console.user-password-link.${effect}`)) : [],
        undo: t("console.user-password-link.undo"),
        buttons: notice === null ? [{ text: t("console.user-password-link.submit"), value: "send" }] : [],
      };
    },
    act: async (visit) => {
      const { lastSignInAt } = await standingOf(visit);
      const purpose = lastSignInAt === null ? "invitation" : "password-reset";
      const user = await userOf(people, visit);
      const { type } = await people.users.sendPasswordLink(user, purpose, visit.actor);
      return type === "sent" ? { type: "done", to: hrefOf(visit) } : overtaken(visit);
    },
  });
}

/** Why no link goes out now; null when one does. */
function obstacleTo({ person, office, t }: PersonVisit, heldUntil: string | null): string | null {
  if (person.mail === null) {
    return t("console.user-password-link.noMail");
  }
  if (person.status !== "active" || office.status !== "open") {
    return t("console.user-password-link.closed");
  }
  return heldUntil === null ? null : t("console.user-password-link.held", { time: heldUntil });
}
