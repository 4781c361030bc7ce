import { AlarmMails } from "../../domain/audit/alarm-mails.ts";
import type { AlarmStore } from "../../domain/audit/alarm-store.ts";
import { AuditExport } from "../../domain/audit/audit-export.ts";
import { AuditFollow } from "../../domain/audit/audit-follow.ts";
import { AuditPack } from "../../domain/audit/audit-pack.ts";
import { AuditRetention } from "../../domain/audit/audit-retention.ts";
import { ErasedPeople } from "../../domain/audit/erased-people.ts";
import { ChainVerification } from "../../domain/audit/chain-verification.ts";
import { PackReport } from "../../domain/audit/pack-report.ts";
import { webhookReEncryption } from "../../domain/webhooks/webhook-secret.ts";
import { WebhookService } from "../../domain/webhooks/webhook-service.ts";
import type { ReEncryption } from "../../platform/secrets/re-encryption.ts";
import type { Texts } from "../../platform/web/texts.ts";
import type { CoreDeps } from "./dependencies.ts";
import type { MessageServices } from "./messages.ts";

/** The audit log as evidence: sealed, verified, listed, exported, packed, pruned. */
export interface AuditServices {
  readonly verification: ChainVerification;
  readonly retention: AuditRetention;
  readonly export: AuditExport;
  readonly follow: AuditFollow;
  readonly pack: AuditPack;
  readonly erased: ErasedPeople;
}

export function auditServices(deps: CoreDeps, texts: Texts): AuditServices {
  const { database, auditSeals: seals, auditExports, auditPacks, settings } = deps;
  const { auditDays: days, productName } = settings;
  const verification = new ChainVerification(seals);
  const report = new PackReport({ texts, productName, days });
  return {
    verification,
    retention: new AuditRetention({ seals, days }),
    export: new AuditExport({ seals, store: auditExports }),
    follow: new AuditFollow({ database, seals, store: auditExports }),
    pack: new AuditPack({ seals, store: auditPacks, verification, report }),
    erased: new ErasedPeople({ ...deps, seals, deletions: deps.userDeletions }),
  };
}

/** What is sent to addresses of offices and of the platform. */
export interface WebhookServices {
  readonly service: WebhookService;
  readonly reEncryption: ReEncryption<string | null>;
}

export const webhookServices = (deps: CoreDeps): WebhookServices => ({
  service: new WebhookService({
    ...deps,
    deliveries: deps.webhookDeliveries,
    isDevelopment: !deps.settings.production,
  }),
  reEncryption: webhookReEncryption(deps),
});

/** Alarms, which are mailed to the staff. */
export interface AlarmServices {
  readonly store: AlarmStore;
  readonly mails: AlarmMails;
}

export function alarmServices(
  { settings, alarms: store, log }: CoreDeps,
  { messages, texts }: { readonly messages: MessageServices; readonly texts: Texts },
): AlarmServices {
  const queue = settings.gateways.mail === "none" ? null : messages.queue;
  const { alarmMail: addresses } = settings.messages;
  return { store, mails: new AlarmMails({ store, queue, view: messages.view, texts, addresses, log }) };
}
