import type { ApprovalRequest } from "../../domain/access/approval-store.ts";
import type { Translate } from "../../kernel/languages.ts";

/** What a request asks for. */
export const approvalText = ({ action, role }: ApprovalRequest, t: Translate): string =>
  t(`console.user-approval.what.${action}`, role === null ? {} : { role: t(`console.role.${role}`) });

/** Why. A deletion has one of a few reasons; every other request has a text. */
export const approvalReason = (
  { action, reason }: Pick<ApprovalRequest, "action" | "reason">,
  t: Translate,
): string => (action === "delete" ? t(`console.user-delete.reason.${reason}`) : reason);
