import { dateTime } from "../../../platform/web/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { confirmPage, showEnrolmentCode, onlyNotice, type Decision } from "../confirm-page.ts";
import type { UserPage, UserContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { overtaken } from "../user-context.ts";

/** A reset that needs two members of support. The requester can withdraw it; only another member can approve it. */
export function userResetRequestPage(deps: ConsoleDeps): UserPage {
  const { store, tokens } = deps;
  return confirmPage({
    name: "user-reset-request",
    path: "/reset-request",
    action: "superuser-reset.approve",
    asksReason: false,
    ask: async (context) => {
      const { actor, t, language } = context;
      const request = await requestOf(deps, context);
      if (request === null) {
        const notice = t("console.user-reset-request.nothing");
        return onlyNotice(context, notice);
      }
      const isOwn = request.requestedBy === actor.id;
      const by = await store.findUser(context.session.account.office.id, request.requestedBy);
      const text = (key: string) => t(`console.user-reset-request.${key}`);
      return {
        tone: isOwn ? "info" : "danger",
        notice: text(isOwn ? "own" : "check"),
        facts: [
          { name: text("by"), value: by?.name ?? t("console.conflict.somebody") },
          { name: t("console.reason.label"), value: request.reason },
          { name: text("until"), value: dateTime(epochSeconds(request.endsAt), language).text },
        ],
        effects: isOwn
          ? [text("withdrawn")]
          : ["factors", "sessions", "code", "told"].map((effect) => t(`console.user-reset.${effect}`)),
        undo: isOwn ? text("undo") : t("console.user-reset.undo"),
        buttons: [
          ...(isOwn ? [] : [{ text: text("approve"), value: "approve" }]),
          { text: text(isOwn ? "withdraw" : "refuse"), value: "refuse" },
        ],
        seen: tokens.sign(useOf(context), request.id),
      };
    },
    act: (context, decision) => decide(deps, context, decision),
  });
}

const useOf = ({ user, session }: UserContext): string => `reset request ${user.id} ${session.uid}`;

async function decide(
  { userDeps, tokens }: ConsoleDeps,
  context: UserContext,
  { decision, seen }: Decision,
): Promise<ConsoleOutcome> {
  const id = tokens.read(useOf(context), seen);
  if (id === null) {
    return overtaken(context);
  }
  const key = { id, officeId: context.office.id };
  if (decision === "refuse") {
    return (await userDeps.factors.cancelReset(key, context.actor))
      ? { type: "done", to: "/console/resets" }
      : overtaken(context);
  }
  const result = await userDeps.factors.approveReset(key, context.actor);
  return result.type === "reset"
    ? showEnrolmentCode(context, result.enrolmentCode.reveal())
    : overtaken(context);
}

/** The pending request for this user; null when there is none. */
const requestOf = async ({ userDeps }: ConsoleDeps, { office, user }: UserContext) =>
  (await userDeps.factors.waitingResets()).find(
    ({ officeCode, username }) => officeCode === office.code && username === user.username,
  ) ?? null;
