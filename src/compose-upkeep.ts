import { AuditSealer } from "./audit/audit-sealer.ts";
import type { Services } from "./compose.ts";
import { startHousekeeping } from "./database/housekeeping.ts";
import { daysAfter, systemClock as clock } from "./kernel/clock.ts";
import type { EngineStore } from "./oidc/engine-store.ts";
import type { DraftStore } from "./console/draft-store.ts";
import type { SignInStore } from "./sign-in/sign-in-store.ts";
import type { PasswordGuardStore } from "./users/password-guard-store.ts";

interface Stores {
  readonly engine: EngineStore;
  readonly signIns: SignInStore;
  readonly drafts: DraftStore;
  readonly guard: PasswordGuardStore;
}

/** How long it can be seen that and how a message went; what it said is gone with its end. */
const MESSAGES_KEPT_DAYS = 30;

/** What a server does besides answering: it removes what is over, and seals what was written to the audit log. */
export function startUpkeep(services: Services, stores: Stores): { stop(): Promise<void> } {
  const { log, auditLog } = services;
  const housekeeping = startHousekeeping(purgesOf(services, stores), log);
  const sealer = new AuditSealer(auditLog.seals, log);
  sealer.start();
  return {
    stop: async () => {
      await housekeeping.stop();
      await sealer.stop();
    },
  };
}

const purgesOf = ({ secondFactor, messages, auditLog }: Services, stores: Stores) => [
  (limit: number) => stores.engine.purge(clock(), limit),
  (limit: number) => stores.signIns.purge(limit),
  (limit: number) => stores.drafts.purge(limit),
  (limit: number) => stores.guard.purge(clock(), limit),
  (limit: number) => secondFactor.smsBudget.purge(clock(), limit),
  (limit: number) => messages.store.purge(daysAfter(clock(), -MESSAGES_KEPT_DAYS), limit),
  () => auditLog.retention.prune(),
];
