import { isMailedLinkTooWeak, type FactorKind } from "../../../domain/factors/factor.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { confirmPage } from "../confirm-page.ts";
import type { UserPage, UserContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, overtaken, userOf } from "../user-context.ts";
import { shownMail } from "../../../kernel/typed-text/typed-mail.ts";

/** Mails a password link, or an invitation to a user who has never signed in. The administrator never sees the link. */
export function userPasswordLinkPage({ userDeps }: ConsoleDeps): UserPage {
  const statusOf = ({ office, user }: UserContext) =>
    userDeps.status.find(office.id, user.id, epochSeconds(now()));
  return confirmPage({
    name: "user-password-link",
    path: "/password-link",
    action: "user.send-password-link",
    asksReason: false,
    ask: async (context) => {
      const { t } = context;
      const { lastSignInAt, linksHeldUntil, factors } = await statusOf(context);
      const notice = refusalOf(context, {
        heldUntil: linksHeldUntil === null ? null : dateTime(linksHeldUntil, context).text,
        kinds: factors.map(({ kind }) => kind),
      });
      const isNew = lastSignInAt === null;
      const effects = [isNew ? "invitation" : "link", "older", "factor"];
      return {
        tone: "info",
        ...(notice === null ? {} : { notice }),
        facts: [
          {
            name: t("account.mail.label"),
            value: shownMail(context.user.mail ?? "") || t("account.mail.none"),
          },
        ],
        effects: notice === null ? effects.map((effect) => t(`console.user-password-link.${effect}`)) : [],
        undo: t("console.user-password-link.undo"),
        buttons: notice === null ? [{ text: t("console.user-password-link.submit"), value: "send" }] : [],
      };
    },
    act: async (context) => {
      const { lastSignInAt } = await statusOf(context);
      const purpose = lastSignInAt === null ? "invitation" : "password-reset";
      const user = await userOf(userDeps, context);
      const { type } = await userDeps.users.sendPasswordLink(user, purpose, context.actor, formOf(context));
      return type === "sent" ? { type: "done", to: hrefOf(context) } : overtaken(context);
    },
  });
}

/** The form that mails one link when it is sent twice. */
const formOf = ({ session }: UserContext): string => `console ${session.uid}`;

/** Why no link can go out now; null when it can. */
function refusalOf(
  { user, office, t }: UserContext,
  { heldUntil, kinds }: { heldUntil: string | null; kinds: readonly FactorKind[] },
): string | null {
  if (user.mail === null) {
    return t("console.user-password-link.noMail");
  }
  if (user.status !== "active" || office.status !== "open") {
    return t("console.user-password-link.closed");
  }
  if (isMailedLinkTooWeak(kinds, office)) {
    return t("console.user-password-link.sameMailbox");
  }
  return heldUntil === null ? null : t("console.user-password-link.held", { time: heldUntil });
}
