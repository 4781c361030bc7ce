import { z } from "zod";
import type { ApprovalPlace, WaitingApproval } from "../../domain/access/approval-store.ts";
import { ROLES } from "../../domain/access/role.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ApiServices } from "../api-services.ts";
import { id, moment, pageOf, pageQuery, timeOf } from "../listing.ts";
import { forPeople, operation, type Operation, type Result } from "../operation.ts";
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

const approvals = pageOf(approval);
const approvalsQuery = z.strictObject(pageQuery);

/** What one member of support has asked for and a second person decides. */
export const approvalOperations: readonly Operation[] = [
  operation({
    ...{ name: "approvals.list", method: "GET", place: OFFICE, path: "/approvals", action: "approvals.see" },
    about: "Lists the changes of an office that wait for a second person, the oldest first.",
    query: approvalsQuery,
    output: approvals,
    work: (services, { subject, query }) => list(services, subject.id, query),
  }),
  operation({
    ...{ name: "platform-approvals.list", method: "GET", place: PLATFORM, path: "/approvals" },
    action: "approvals.see",
    about: "Lists the changes of all offices that wait for a second person, the oldest first.",
    query: approvalsQuery,
    output: approvals,
    work: (services, { query }) => list(services, null, query),
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

async function list(
  { approvals: { waiting }, cursors }: ApiServices,
  officeId: string | null,
  { size, after }: z.output<typeof approvalsQuery>,
): Promise<Result<z.input<typeof approvals>>> {
  const scope = { officeId: officeId ?? "", query: "approvals" };
  const cursor = after === null ? null : cursors.open(after, scope);
  if (after !== null && cursor === null) {
    throw new PageError("request");
  }
  const place = cursor === null ? {} : { after: placeOf(cursor) };
  const { items, next } = await waiting.page(officeId, { ...place, size });
  const end = next === null ? null : cursors.seal([timeOf(next.requestedAt), next.id], scope);
  return { body: { items: items.map(approvalBody), next: end } };
}

const placeOf = ([at = "", last = ""]: readonly string[]): ApprovalPlace => ({
  requestedAt: new Date(at),
  id: last,
});

/** Without the member of support who asked: a superuser does not see them. */
const approvalBody = (found: WaitingApproval): z.input<typeof approval> => ({
  id: found.id,
  office: { id: found.officeId, code: found.officeCode },
  user: { id: found.userId, username: found.username, name: found.name },
  ...{ action: found.action, role: found.role, reason: found.reason },
  requestedAt: timeOf(found.requestedAt),
  endsAt: timeOf(found.endsAt),
});
