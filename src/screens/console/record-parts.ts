import type { AuditExport } from "../../domain/audit/audit-export.ts";
import type { AuditListStore } from "../../domain/audit/audit-list-store.ts";
import type { AuditPack } from "../../domain/audit/audit-pack.ts";
import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { ChainVerification } from "../../domain/audit/chain-verification.ts";
import type { UserStore } from "../../domain/users/user-store.ts";

/** What the pages of the audit log are made of. */
export interface RecordParts {
  readonly list: AuditListStore;
  readonly export: AuditExport;
  readonly pack: AuditPack;
  readonly verification: ChainVerification;
  /** Where it is written down that somebody took the log with them. */
  readonly log: AuditStore;
  readonly users: UserStore;
}
