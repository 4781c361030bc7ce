import { z } from "zod";
import type { Actor } from "../../../domain/access/actor.ts";
import type { WaitingApproval } from "../../../domain/access/approval-store.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { approvalReason, approvalText } from "../approval-text.ts";
import {
  confirmPage,
  showEnrolmentCode,
  onlyNotice,
  type Confirmation,
  type Decision,
} from "../confirm-page.ts";
import { officeHref, type UserPage, type UserContext, type ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { resetEffects, setUpOf } from "../factor-effects.ts";
import type { SetUpState } from "../set-up-store.ts";
import { overtaken } from "../user-context.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { shownMail } from "../../../kernel/typed-text/typed-mail.ts";

/**
 * A change that needs two people. The member of support who asked can withdraw it; another one, or a superuser of the office,
 * approves or refuses it.
 */
export function userApprovalPage(deps: ConsoleDeps): UserPage {
  return confirmPage({
    name: "user-approval",
    path: "/approval",
    action: "approval.decide",
    asksReason: false,
    // The deletion was approved, or done alone: the list no longer has it.
    whenGone: ({ actor, params: { office = "" } }) => ({ type: "go", to: listOf(actor, office) }),
    ask: async (context) => {
      const request = await requestOf(deps, context);
      return request === null
        ? onlyNotice(context, context.t("console.user-approval.nothing"))
        : confirmationOf(deps, context, request);
    },
    act: (context, decision) => decide(deps, context, decision),
  });
}

async function confirmationOf(
  { store, tokens, userDeps }: ConsoleDeps,
  context: UserContext,
  request: WaitingApproval,
): Promise<Confirmation> {
  const { actor, user, t, session } = context;
  const isOwn = request.requestedBy === actor.id;
  // A superuser does not see who the members of support are.
  const by = await store.findUser(session.account.office.id, request.requestedBy);
  const text = (key: string) => t(`console.user-approval.${key}`);
  return {
    ...(isOwn ? { title: text("ownTitle"), here: text("ownTitle") } : {}),
    tone: isOwn ? "info" : "danger",
    notice: text(isOwn ? "own" : "check"),
    facts: [
      { name: text("what"), value: approvalText(request, t) },
      { name: text("role"), value: t(`console.role.${user.role}`) },
      { name: t("account.mail.label"), value: shownMail(user.mail ?? "") || t("account.mail.none") },
      { name: text("by"), value: by?.name ?? t("console.role.support") },
      { name: t("console.reason.short"), value: approvalReason(request, t) },
      { name: text("until"), value: dateTime(epochSeconds(request.endsAt), context).text },
    ],
    effects: isOwn ? [text("withdrawn")] : effectsOf(request, context, await setUpOf(userDeps, context)),
    undo: isOwn ? text("undo") : undoOf(request, context),
    buttons: [
      ...(isOwn ? [] : [{ text: text("approve"), value: "approve" }]),
      { text: text(isOwn ? "withdraw" : "refuse"), value: "refuse" },
    ],
    seen: tokens.sign(useOf(context), stateOf(request, context)),
  };
}

function effectsOf({ action }: WaitingApproval, { t }: UserContext, setUp: SetUpState): string[] {
  const superusers = t("console.user-approval.superusers");
  switch (action) {
    case "reset":
      return resetEffects(setUp, { t });
    case "role":
      return [...["sessions", "told"].map((effect) => t(`console.user-role.${effect}`)), superusers];
    case "enable":
      return [t("console.user-status.in"), superusers];
    case "delete":
      return [
        ...["account", "audit", "told"].map((effect) => t(`console.user-delete.${effect}`)),
        superusers,
      ];
  }
}

function undoOf({ action }: WaitingApproval, { t }: UserContext): string {
  switch (action) {
    case "reset":
      return t("console.user-reset.undo");
    case "role":
      return t("console.user-role.undo");
    case "enable":
      return t("console.user-status.undo");
    case "delete":
      return t("console.user-delete.undo");
  }
}

const useOf = ({ user, session }: UserContext): string => `approval ${user.id} ${session.uid}`;

/** No mail address and no role is approved that the page has not shown. */
const stateOf = ({ id }: WaitingApproval, { user }: UserContext): string =>
  JSON.stringify([id, user.role, user.mail]);

async function decide(
  deps: ConsoleDeps,
  context: UserContext,
  { decision, seen }: Decision,
): Promise<ConsoleOutcome> {
  const { userDeps, tokens } = deps;
  const request = await requestOf(deps, context);
  const shown = tokens.read(useOf(context), seen);
  if (request === null) {
    return decided(deps, context, { decision, shown });
  }
  if (shown !== stateOf(request, context)) {
    return overtaken(context);
  }
  const key = { id: request.id, officeId: context.office.id };
  const done = { type: "done", to: listOf(context.actor, context.office.code) } as const;
  if (decision === "refuse") {
    const isCancelled = await userDeps.approvals.cancel(key, context.actor);
    return isCancelled ? done : decided(deps, context, { decision, shown });
  }
  const result = await userDeps.approvals.approve(key, context.actor);
  if (result.type !== "approved") {
    return decided(deps, context, { decision, shown });
  }
  return result.enrolmentCode === null ? done : showEnrolmentCode(context, result.enrolmentCode.reveal());
}

/**
 * The request waits no more. Where this caller has decided it in the same way, such as by the same form, the answer is the same; but a
 * code was shown once.
 */
async function decided(
  { userDeps }: ConsoleDeps,
  context: UserContext,
  { decision, shown }: { readonly decision: string; readonly shown: string | null },
): Promise<ConsoleOutcome> {
  const key = shown === null ? null : { id: idIn(shown), officeId: context.office.id };
  const own = key === null ? null : await userDeps.approvals.findOwnDecision(key, context.actor);
  if (own === null || (own.state === "approved") !== (decision === "approve")) {
    return overtaken(context);
  }
  return own.state === "approved" && own.action === "reset"
    ? fault(null, context.t("console.user-approval.already"))
    : { type: "done", to: listOf(context.actor, context.office.code) };
}

const stateSchema = z.tuple([z.string(), z.string(), z.string().nullable()]);

/** Of a state as `stateOf` writes it. */
const idIn = (state: string): string => stateSchema.parse(JSON.parse(state))[0];

const listOf = ({ role }: Actor, code: string): string =>
  role === "support" ? "/console/approvals" : officeHref(code, "/approvals");

/** The pending request for this user; null when there is none. */
const requestOf = (
  { userDeps }: ConsoleDeps,
  { office, user }: UserContext,
): Promise<WaitingApproval | null> =>
  userDeps.approvals.waiting.findFor({ id: user.id, officeId: office.id });
