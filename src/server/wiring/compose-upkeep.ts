import { AuditSealer } from "../../domain/audit/audit-sealer.ts";
import type { Services } from "./compose.ts";
import { startHousekeeping } from "../../platform/database/housekeeping.ts";
import type { EngineStore } from "../../protocol/models/engine-store.ts";
import type { DraftStore } from "../../screens/console/draft-store.ts";
import type { SignInStore } from "../../screens/sign-in/sign-in-store.ts";
import type { PasswordGuardStore } from "../../platform/limits/password-guard-store.ts";

interface Purged {
  readonly engine: EngineStore;
  readonly signIns: SignInStore;
  readonly drafts: DraftStore;
  readonly guard: PasswordGuardStore;
}

/** How long alarms wait for somebody to be told; the audit log keeps them. */
const ALARMS_KEPT_DAYS = 7;

/** How long it can be seen that and how a message went; what it said is gone with its end. */
const MESSAGES_KEPT_DAYS = 30;

/** What a server does besides answering: it removes what is over, seals the audit log, and tells people of alarms. */
export function startUpkeep(services: Services, stores: Purged): { stop(): Promise<void> } {
  const { log, auditLog, alarms } = services;
  const housekeeping = startHousekeeping(purgesOf(services, stores), log);
  const sealer = new AuditSealer(auditLog.seals, log);
  sealer.start();
  alarms.mails.start();
  return {
    stop: async () => {
      await Promise.all([housekeeping.stop(), alarms.mails.stop()]);
      await sealer.stop();
    },
  };
}

/** What removes what is over: each by the clock of the database, and none by that of this process. */
export const purgesOf = ({ secondFactor, messages, auditLog, alarms }: Services, stores: Purged) => [
  (limit: number) => stores.engine.purge(limit),
  (limit: number) => stores.signIns.purge(limit),
  (limit: number) => stores.drafts.purge(limit),
  (limit: number) => stores.guard.purge(limit),
  (limit: number) => secondFactor.smsBudget.purge(limit),
  (limit: number) => messages.store.purge(MESSAGES_KEPT_DAYS, limit),
  (limit: number) => alarms.store.purge(ALARMS_KEPT_DAYS, limit),
  () => auditLog.retention.prune(),
];
