import { ApplicationStore } from "../../domain/applications/application-store.ts";
import { RefusalStore } from "../../domain/applications/refusal-store.ts";
import { ownApplications } from "../../domain/applications/own-application.ts";
import { AuditStore } from "../../domain/audit/audit-store.ts";
import { EventStore } from "../../domain/events/event-store.ts";
import type { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import { IdempotencyStore } from "../../api/idempotency-store.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import { WebhookDeliveryStore } from "../../domain/webhooks/webhook-delivery-store.ts";
import { WebhookTurnStore } from "../../domain/webhooks/webhook-turn-store.ts";
import type { Presence } from "../../platform/database/presence.ts";
import { RestoredStore } from "../../platform/database/restored-store.ts";
import { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import { JobStore } from "../../platform/jobs/job-store.ts";
import { MessageStore } from "../../platform/messages/message-store.ts";
import { Announcements } from "../../platform/database/announcements.ts";
import { QueueHealthStore } from "../../platform/messages/queue-health-store.ts";
import { ProcessStore } from "../../platform/processes/process-store.ts";
import { SigningKeyStore } from "../../protocol/keys/signing-key-store.ts";
import { SigningKeys } from "../../protocol/keys/signing-keys.ts";
import { SessionOverviewStore } from "../../protocol/models/session-overview-store.ts";
import { OidcModelStore } from "../../protocol/models/oidc-model-store.ts";
import { AccountStore } from "../../screens/account/account-store.ts";
import { HistoryStore } from "../../screens/account/history-store.ts";
import { ConsoleStore } from "../../screens/console/console-store.ts";
import { DraftStore } from "../../platform/web/draft-store.ts";
import { ListCursors } from "../../kernel/list-cursors.ts";
import { OfficeChecklistStore } from "../../screens/console/office-checklist-store.ts";
import { SetUpStore } from "../../screens/console/set-up-store.ts";
import { UserStatusStore } from "../../screens/console/user-status-store.ts";
import { OutboxStore } from "../../screens/outbox/outbox-store.ts";
import type { InstallationRules } from "../../screens/sign-in/sign-in-row.ts";
import { SignInFactStore } from "../../screens/sign-in/sign-in-fact-store.ts";
import { SignInBeginningStore } from "../../screens/sign-in/sign-in-beginning-store.ts";
import { SignInStore } from "../../screens/sign-in/sign-in-store.ts";
import type { Settings } from "../settings/settings.ts";
import {
  auditStores,
  factorStores,
  officeStores,
  userStores,
  type AuditStores,
  type FactorStores,
  type Foundation,
  type OfficeStores,
  type UserStores,
} from "./domain-stores.ts";

/**
 * Every store, made once on the database of this process. Read the wiring in this order: stores.ts, with domain-stores.ts for those
 * of the domain, services.ts (the domain, which the command line uses too, from one file for each domain folder), processes.ts
 * (background work), server.ts (the web), with screens.ts for what its pages are made of.
 */

export interface Stores
  extends UserStores, FactorStores, OfficeStores, AuditStores, DeliveryStores, PlatformStores, ScreenStores {}

export function composeStores(foundation: Foundation): Stores {
  const cursors = new ListCursors(foundation.box);
  const factors = factorStores(foundation);
  const delivery = composeDeliveryStores(foundation);
  const offices = officeStores(foundation, { cursors, announcements: delivery.announcements });
  return {
    ...userStores(foundation, cursors),
    ...factors,
    ...offices,
    ...auditStores(foundation),
    ...delivery,
    ...platformStores(foundation),
    ...screenStores(foundation, { trusted: factors.trustedBrowsers, offices: offices.offices }),
  };
}

/** Stores that workers need too, on their own connections: messages, the notification of sign-outs, and events for webhooks. */
export interface DeliveryStores {
  readonly announcements: Announcements;
  readonly jobs: JobStore;
  readonly messages: MessageStore;
  readonly rateLimits: RateLimitStore;
  readonly outbox: OutboxStore;
  readonly applications: ApplicationStore;
  readonly signingKeys: SigningKeys;
  readonly audit: AuditStore;
  readonly events: EventStore;
  readonly webhookTurns: WebhookTurnStore;
  readonly webhookDeliveries: WebhookDeliveryStore;
}

/** Makes them for the connections of `database`. */
export function composeDeliveryStores({
  settings: { issuer, productName: name },
  database,
  box,
  log,
  presence,
}: Pick<Foundation, "settings" | "database" | "box" | "log"> & {
  /** The mark of a worker. */
  readonly presence?: Presence;
}): DeliveryStores {
  const announcements = new Announcements(database);
  const applications = new ApplicationStore(database, announcements, ownApplications({ issuer, name }));
  return {
    announcements,
    jobs: new JobStore(database),
    messages: new MessageStore(database),
    rateLimits: new RateLimitStore(database),
    outbox: new OutboxStore(database),
    applications,
    audit: new AuditStore(database, log),
    events: new EventStore(database),
    webhookTurns: new WebhookTurnStore(database, presence),
    webhookDeliveries: new WebhookDeliveryStore(),
    signingKeys: new SigningKeys({ store: new SigningKeyStore(database), applications, box }),
  };
}

/** Processes, queues, counters, sessions and tokens. */
interface PlatformStores {
  readonly processes: ProcessStore;
  readonly queueHealth: QueueHealthStore;
  readonly restored: RestoredStore;
  readonly access: SessionOverviewStore;
  readonly oidcModels: OidcModelStore;
  readonly refusals: RefusalStore;
}

const platformStores = ({ database, settings }: Foundation): PlatformStores => ({
  processes: new ProcessStore(database),
  queueHealth: new QueueHealthStore(database),
  restored: new RestoredStore(database),
  access: new SessionOverviewStore(database),
  oidcModels: new OidcModelStore(database, settings.unfinishedPerAddress),
  refusals: new RefusalStore(database),
});

/** Stores of single screens, and of the management API. */
interface ScreenStores {
  readonly apiRequests: IdempotencyStore;
  readonly signIns: SignInStore;
  readonly signInFacts: SignInFactStore;
  readonly signInBeginnings: SignInBeginningStore;
  readonly drafts: DraftStore;
  readonly accountStore: AccountStore;
  readonly history: HistoryStore;
  readonly consoleStore: ConsoleStore;
  readonly checklists: OfficeChecklistStore;
  readonly userStatus: UserStatusStore;
  readonly setUp: SetUpStore;
}

function screenStores(
  { settings, database, hash, box }: Foundation,
  of: { readonly trusted: TrustedBrowserStore; readonly offices: OfficeStore },
): ScreenStores {
  const { signInMinutes: lifeMinutes } = settings.lifetimes;
  const rules = rulesOf(settings);
  return {
    apiRequests: new IdempotencyStore({ database, hash, box }),
    signIns: new SignInStore({ database, hash, ...of, lifeMinutes, rules }),
    signInFacts: new SignInFactStore({ database, hash, trusted: of.trusted, frozenFrom: rules.frozenFrom }),
    signInBeginnings: new SignInBeginningStore({ database, hash, trusted: of.trusted, lifeMinutes }),
    drafts: new DraftStore({ database, hash, box }),
    accountStore: new AccountStore(database, hash),
    history: new HistoryStore(database),
    consoleStore: new ConsoleStore(database),
    checklists: new OfficeChecklistStore(database),
    userStatus: new UserStatusStore(database, rules.frozenFrom),
    setUp: new SetUpStore(database, rules.frozenFrom),
  };
}

/** Rules of this installation that the sign-in needs. */
export const rulesOf = ({ secondFactorGuard: { frozenFrom }, gateways }: Settings): InstallationRules => ({
  frozenFrom,
  sending: { sms: gateways.sms !== "none", mail: gateways.mail !== "none" },
});
