import type { ApprovalRequest } from "../../domain/access/approval-store.ts";
import type { Translate } from "../../kernel/languages.ts";

/** What a request asks for. */
export const approvalText = ({ action, role }: ApprovalRequest, t: Translate): string =>
  t(`console.user-approval.what.${action}`, role === null ? {} : { role: t(`console.role.${role}`) });
