import { fault } from "../../../platform/web/page-kit.ts";
import { confirmPage, type Decision } from "../confirm-page.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { hrefOf, isOwn, mayAlone, overtaken, userOf, whoOf } from "../user-context.ts";

/** Disables a user, or enables them again. */
export function userStatusPage({ userDeps }: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-status",
    path: "/status",
    action: "user.disable",
    asksReason: takesTwo,
    // Enabling hands an account back.
    isGrave: ({ user }) => user.status !== "active",
    ask: (context) => {
      const { user, t } = context;
      const isActive = user.status === "active";
      const effects = isActive ? ["out", "links", "kept"] : ["in"];
      const isRequest = takesTwo(context);
      return Promise.resolve({
        tone: isActive ? "danger" : "info",
        title: t(`console.user-status.${isActive ? "disableTitle" : "enableTitle"}`, { who: whoOf(context) }),
        ...(isActive && isOwn(context) ? { notice: t("console.user-status.own") } : {}),
        ...(isRequest ? { notice: t("console.user-status.two") } : {}),
        facts: [
          {
            name: t("console.status.name"),
            value: t(`console.status.${user.status}`),
          },
        ],
        effects: effects.map((effect) => t(`console.user-status.${effect}`)),
        undo: t("console.user-status.undo"),
        // The button names the new status and does not toggle, so that a double click does not undo it.
        buttons: [
          isActive
            ? { text: t("console.user-status.disable"), value: "disabled" }
            : { text: t(`console.user-status.${isRequest ? "ask" : "enable"}`), value: "active" },
        ],
      });
    },
    act: (context, decision) => change(userDeps, context, decision),
  });
}

/** Letting a superuser or a colleague in again is a request where support does it. */
const takesTwo = (context: UserContext): boolean =>
  context.user.status === "disabled" && !mayAlone(context, "user.enable");

async function change(
  userDeps: UserDeps,
  context: UserContext,
  { decision: wanted, reason }: Decision,
): Promise<ConsoleOutcome> {
  const user = await userOf(userDeps, context);
  const done = { type: "done", to: hrefOf(context) } as const;
  if (wanted === user.status) {
    return done;
  }
  const { type } =
    wanted === "disabled"
      ? await userDeps.users.disable(user, context.actor)
      : wanted === "active"
        ? await userDeps.users.enable(user, context.actor)
        : { type: "unknown" };
  if (type === "needs-approval") {
    const { actor: by, office } = context;
    const asked = await userDeps.approvals.request(user, { action: "enable" }, { by, reason, office });
    return asked.type === "requested" || asked.type === "waiting"
      ? { type: "go", to: hrefOf(context, "/approval") }
      : overtaken(context);
  }
  if (type === "last") {
    const message = context.t("console.user-role.last");
    return fault(null, message);
  }
  return type === "disabled" || type === "enabled" ? done : overtaken(context);
}
