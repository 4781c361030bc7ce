import type { AuditType } from "../audit/audit-event.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { User } from "../users/user.ts";
import type { RoleDenial } from "./access.ts";
import type { ApprovalAction, ApprovalRequest } from "./approval-store.ts";
import type { Role } from "./role.ts";

/** What is asked for. */
export type Asked =
  | { readonly action: "reset" }
  | { readonly action: "enable" }
  | { readonly action: "delete" }
  | { readonly action: "role"; readonly role: Role };

/** Who asked and why, and who has approved it. */
interface Approved {
  readonly actor: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly role: Role | null;
}

/** Does what was approved, in the transaction of the approval; null when it is not possible any more. The code is shown once. */
export type Perform = (
  tx: Queryable,
  user: User,
  approved: Approved,
) => Promise<{ readonly enrolmentCode: Secret | null } | null>;

/** A request, and the office of the user to change. */
export interface RequestKey {
  readonly id: string;
  readonly officeId: string;
}

/**
 * `unneeded`: this actor may do it alone, or it is done already. `waiting`: a request for this user already exists.
 * `last`: the office would have no active superuser.
 */
export type RequestResult =
  | { readonly type: "requested"; readonly id: string }
  | { readonly type: "waiting" | "unneeded" | "last" | RoleDenial };

/** `gone`: decided, expired, the actor's own, not possible any more, the actor who asked is no longer in support, or their sessions have ended since. */
export type ApprovalResult =
  | { readonly type: "approved"; readonly enrolmentCode: Secret | null }
  | { readonly type: "gone" | RoleDenial };

export const APPROVAL_EVENTS: Readonly<
  Record<ApprovalAction, { requested: AuditType; cancelled: AuditType }>
> = {
  reset: { requested: "factor.reset-requested", cancelled: "factor.reset-cancelled" },
  role: { requested: "user.role-requested", cancelled: "user.role-cancelled" },
  enable: { requested: "user.enable-requested", cancelled: "user.enable-cancelled" },
  delete: { requested: "user.delete-requested", cancelled: "user.delete-cancelled" },
};

/** Whether a user who may do it alone has done it since. */
export function isDone({ action, role }: ApprovalRequest, user: User): boolean {
  switch (action) {
    case "reset":
    case "delete":
      return false;
    case "role":
      return user.role === role;
    case "enable":
      return user.status === "active";
  }
}
