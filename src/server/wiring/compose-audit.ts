import { AlarmMails } from "../../domain/audit/alarm-mails.ts";
import { AlarmStore } from "../../domain/audit/alarm-store.ts";
import { AuditExport } from "../../domain/audit/audit-export.ts";
import { AuditExportStore } from "../../domain/audit/audit-export-store.ts";
import { AuditFollow } from "../../domain/audit/audit-follow.ts";
import { AuditListStore } from "../../domain/audit/audit-list-store.ts";
import { AuditPack } from "../../domain/audit/audit-pack.ts";
import { AuditPackStore } from "../../domain/audit/audit-pack-store.ts";
import { AuditRetention } from "../../domain/audit/audit-retention.ts";
import { AuditSealStore } from "../../domain/audit/audit-seal-store.ts";
import { ChainVerification } from "../../domain/audit/chain-verification.ts";
import { PackReport } from "../../domain/audit/pack-report.ts";
import type { Database } from "../../platform/database/database.ts";
import type { Texts } from "../../platform/web/texts.ts";
import { systemClock as clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { composeMessages } from "./compose-messages.ts";
import type { Settings } from "../settings/settings.ts";

interface Parts {
  readonly settings: Settings;
  readonly database: Database;
  readonly texts: Texts;
}

interface AlarmParts extends Parts {
  readonly messages: Pick<ReturnType<typeof composeMessages>, "queue" | "view">;
  readonly log: Log;
}

/** How alarms reach people. */
export function composeAlarms({ settings, database, texts, messages, log }: AlarmParts) {
  const store = new AlarmStore(database);
  const queue = settings.gateways.mail === "none" ? null : messages.queue;
  const { alarmMail: addresses } = settings.messages;
  return { store, mails: new AlarmMails({ store, queue, view: messages.view, texts, addresses, log }) };
}

/** The audit log as evidence: sealed, verified, listed, exported, packed, pruned. */
export function composeAuditLog({ settings, database, texts }: Parts) {
  const { auditDays: days, productName } = settings;
  const seals = new AuditSealStore(database);
  const store = new AuditExportStore();
  const verification = new ChainVerification(seals);
  const report = new PackReport({ texts, productName, days });
  return {
    seals,
    verification,
    retention: new AuditRetention({ seals, clock, days }),
    export: new AuditExport({ seals, store }),
    follow: new AuditFollow({ database, seals, store }),
    pack: new AuditPack({ seals, store: new AuditPackStore(), verification, report, clock }),
    list: new AuditListStore(database),
  };
}
