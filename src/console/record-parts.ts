import type { AuditExport } from "../audit/audit-export.ts";
import type { AuditListStore } from "../audit/audit-list-store.ts";
import type { AuditPack } from "../audit/audit-pack.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { ChainVerification } from "../audit/chain-verification.ts";
import type { UserStore } from "../users/user-store.ts";

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
