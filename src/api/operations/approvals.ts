import { z } from "zod";
import type { WaitingApproval } from "../../domain/access/approval-store.ts";
import { ROLES } from "../../domain/access/role.ts";
import { id, moment, timeOf } from "../listing.ts";
import { forPeople, operation, type Operation } from "../operation.ts";
import { APPROVAL, OFFICE, PLATFORM } from "../places.ts";
import { Problem } from "../problem.ts";

const approval = z.strictObject({
  id,
  office: z.strictObject({ id, code: z.string() }),
  user: z.strictObject({ id, username: z.string(), name: z.string() }),
  action: z.enum(["reset", "role", "enable", "delete"]),
  role: z.enum(ROLES).nullable().meta({ description: "the role to give; null for another action" }),
  reason: z.string(),
  requestedAt: moment,
  endsAt: moment,
});

const approvals = z.strictObject({
  items: z.array(approval).meta({ description: "the oldest first, a hundred at most" }),
});

/** What one member of support has asked for and a second person decides. */
export const approvalOperations: readonly Operation[] = [
  operation({
    ...{ name: "approvals.list", method: "GET", place: OFFICE, path: "/approvals", action: "approvals.see" },
    about: "Lists the changes of an office that wait for a second person.",
    output: approvals,
    work: async (services, { subject }) => listed(await services.approvals.waitingOf(subject.id)),
  }),
  operation({
    ...{ name: "platform-approvals.list", method: "GET", place: PLATFORM, path: "/approvals" },
    action: "approvals.see",
    about: "Lists the changes of all offices that wait for a second person.",
    output: approvals,
    work: async (services) => listed(await services.approvals.waiting()),
  }),
  forPeople({
    ...{ name: "approvals.approve", method: "POST", place: APPROVAL, path: "/approve" },
    action: "approval.decide",
    about: "Refused with `people-only`: a person approves in the console.",
  }),
  operation({
    ...{ name: "approvals.refuse", method: "POST", place: APPROVAL, path: "/refuse" },
    action: "approval.refuse",
    about: "Refuses a change that waits for a second person; all stays as it is.",
    work: async (services, { by, subject: { id: wanted, officeId } }) => {
      if (!(await services.approvals.cancel({ id: wanted, officeId }, by))) {
        throw new Problem("not-possible-now", { detail: "it is decided already" });
      }
      return { body: null };
    },
  }),
];

const listed = (waiting: readonly WaitingApproval[]) => ({ body: { items: waiting.map(approvalBody) } });

/** Without the member of support who asked: a superuser does not see them. */
const approvalBody = (found: WaitingApproval): z.input<typeof approval> => ({
  id: found.id,
  office: { id: found.officeId, code: found.officeCode },
  user: { id: found.userId, username: found.username, name: found.name },
  ...{ action: found.action, role: found.role, reason: found.reason },
  requestedAt: timeOf(found.requestedAt),
  endsAt: timeOf(found.endsAt),
});
