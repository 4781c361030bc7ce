import { FamiliarBrowsers } from "../../domain/credentials/familiar-browsers.ts";
import { MailThrottle } from "../../domain/credentials/mail-throttle.ts";
import { DisputeLinks, type DisputeHandler } from "../../domain/credentials/dispute-links.ts";
import type { PasswordCheck } from "../../domain/credentials/password-check.ts";
import type { PasswordRules } from "../../domain/credentials/password-rules.ts";
import { PasswordHasher } from "../../domain/credentials/password.ts";
import type { PasswordKinds } from "../../domain/credentials/password-kinds.ts";
import { OfficeLinkGuard } from "../../domain/offices/office-link-guard.ts";
import { OfficePurge } from "../../domain/offices/office-purge.ts";
import type { OfficeService } from "../../domain/offices/office-service.ts";
import { PolicyNotices } from "../../domain/offices/policy-notices.ts";
import { SuperuserNotices } from "../../domain/users/superuser-notices.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { createLog, type Log } from "../../kernel/log.ts";
import { deriveKey, keyedHash, SecretBox } from "../../kernel/secret.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import type { Database } from "../../platform/database/database.ts";
import { isSetUp, bindToSecrets } from "../../platform/database/installation.ts";
import { openDatabase, type OpenDatabase } from "../../platform/database/open-database.ts";
import { OwedWork } from "../../platform/database/owed-work.ts";
import { passwordsFileIn } from "../../platform/embedded-postgres/embedded-place.ts";
import { taskJobs, type TaskRunner } from "../../platform/messages/task-jobs.ts";
import { ClockWatch } from "../../platform/processes/clock-watch.ts";
import type { ProcessStore } from "../../platform/processes/process-store.ts";
import {
  createSecrets,
  hasSecrets,
  readSecrets,
  requirePrivateSecrets,
  type Secrets,
} from "../../platform/secrets/secrets-file.ts";
import { Texts } from "../../platform/web/texts.ts";
import type { Settings } from "../settings/settings.ts";
import type { Foundation } from "./domain-stores.ts";
import { composeStores, type Stores } from "./stores.ts";
import { type CoreDeps, type Deps, coreDepsOf } from "./dependencies.ts";
import { type MessageServices, messageServices } from "./messages.ts";
import {
  type AuditServices,
  auditServices,
  type AlarmServices,
  alarmServices,
  type WebhookServices,
  webhookServices,
} from "./audit.ts";
import { type FactorServices, factorServices } from "./factors.ts";
import { type LinkServices, linkServices, passwordServices } from "./credentials.ts";
import { applicationServices, officeService, type ApplicationServices } from "./offices-and-applications.ts";
import {
  type OwnAccountServices,
  ownAccountServices,
  type ImportServices,
  importServices,
  type Lists,
  lists,
  type AdministrationServices,
  administrationServices,
} from "./users.ts";

/** Everything that works without a web server: enough for the command line. Starts no background work. */
export interface Services extends Foundation, Domain, OpenDatabase {}

/** How long the end waits for pending writes, in milliseconds. */
const OWED_MS = 500;

/** Opens the database and builds the domain on it. Throws an OperatorError; `signal` ends the wait for a database. */
export async function composeServices(settings: Settings, signal?: AbortSignal): Promise<Services> {
  const { number, of } = settings.share;
  const log = createLog(settings.logLevel, of === 1 ? null : number);
  const opened = await openDatabase(settings, log, signal);
  try {
    const foundation = await layFoundation(settings, opened.database, log);
    const close = async (): Promise<void> => {
      await doneWithin(OWED_MS, foundation.owed.stop());
      await opened.close();
    };
    return { ...foundation, ...composeDomain(foundation), ...opened, close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function layFoundation(settings: Settings, database: Database, log: Log): Promise<Foundation> {
  const secrets = await secretsFor(settings, database);
  const hash = keyedHash(deriveKey(secrets.pepper, "hashes"));
  await bindToSecrets(database, hash);
  return {
    ...{ settings, log, database, secrets, hash },
    box: new SecretBox(secrets.dataKeys),
    hasher: new PasswordHasher(settings.passwordHashing),
    owed: new OwedWork(log),
  };
}

/** Creates the secrets of a new installation, and never replaces existing ones: what they encrypt would be lost. */
async function secretsFor(settings: Settings, database: Database): Promise<Secrets> {
  const file = settings.secretsFile;
  if (!hasSecrets(file)) {
    if (settings.production || (await isSetUp(database))) {
      throw new OperatorError(`The secrets file ${file} is missing. Restore it from your backup.`);
    }
    createSecrets(file);
  }
  if (settings.production) {
    [file, passwordsFileIn(settings.dataDir)].forEach(requirePrivateSecrets);
  }
  return readSecrets(file);
}

/** The services, and the stores that programs without pages use directly. */
export interface Domain
  extends
    ApplicationServices,
    Pick<Stores, "audit" | "offices" | "users" | "applications" | "signingKeys" | "outbox"> {
  readonly stores: Stores;
  readonly texts: Texts;
  readonly messages: MessageServices;
  readonly auditLog: AuditServices;
  readonly alarms: AlarmServices;
  readonly webhooks: WebhookServices;
  readonly secondFactor: FactorServices;
  readonly links: LinkServices;
  readonly familiar: FamiliarBrowsers;
  readonly passwords: PasswordCheck;
  readonly passwordKinds: PasswordKinds;
  readonly passwordRules: PasswordRules;
  readonly ownAccount: OwnAccountServices;
  readonly officeService: OfficeService;
  readonly officeLinks: OfficeLinkGuard;
  readonly officePurge: OfficePurge;
  readonly imports: ImportServices;
  readonly policyNotices: PolicyNotices;
  /** What workers do besides delivering messages. */
  readonly tasks: TaskRunner;
  readonly lists: Lists;
  readonly administration: AdministrationServices;
  readonly processes: Processes;
}

const depsOf = (deps: CoreDeps, { notices }: MessageServices): Deps => ({
  ...{ ...deps, notices },
  superusers: new SuperuserNotices({ ...deps, notices }),
});

/** The domain on the database of `foundation`. */
export function composeDomain(foundation: Foundation): Domain {
  const stores = composeStores(foundation);
  const { audit, offices, users, applications, signingKeys, outbox } = stores;
  const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
  const coreDeps = coreDepsOf(foundation, stores);
  const messages = messageServices(coreDeps, texts);
  const deps = depsOf(coreDeps, messages);
  const disputeHandlers = new Map<string, DisputeHandler>();
  const disputes = new DisputeLinks({ ...deps, handlers: disputeHandlers });
  const familiar = new FamiliarBrowsers({ ...deps, store: stores.familiarBrowsers });
  const secondFactor = factorServices(deps, { disputes, texts, messages, familiar });
  const { numberRequests, emailCodes } = secondFactor;
  const accountDeps = { ...deps, numberRequests, emailCodes };
  const throttle = new MailThrottle({ ...deps, store: stores.rateLimits });
  const links = linkServices(accountDeps, { disputes, disputeHandlers, throttle, familiar, texts });
  const { passwords, passwordKinds } = passwordServices(deps, familiar);
  const ownAccount = ownAccountServices(accountDeps, { passwords, throttle, disputes, secondFactor });
  addDisputeHandlers(disputeHandlers, { ownAccount, secondFactor, links });
  const policyNotices = new PolicyNotices({ ...deps, store: stores.policyNoticeRounds, jobs: taskJobs });
  const auditLog = auditServices(deps, texts);
  const managed = { officeService: officeService(deps, policyNotices), auditLog };
  const imports = importServices(deps, { links, texts, passwordKinds });
  return {
    ...{ stores, audit, offices, users, applications, signingKeys, outbox },
    ...{ texts, messages, secondFactor, links, familiar, passwords, ownAccount },
    passwordRules: deps.passwordRules,
    passwordKinds,
    ...managed,
    officePurge: new OfficePurge({ ...deps, store: deps.officePurges, seals: deps.auditSeals }),
    officeLinks: new OfficeLinkGuard({ ...deps, store: stores.rateLimits }),
    ...applicationServices(deps),
    ...{ alarms: alarmServices(deps, { messages, texts }), webhooks: webhookServices(deps) },
    imports,
    policyNotices,
    tasks: { run: (task) => (task.task === "policy-notice" ? policyNotices : imports.tasks).run(task) },
    lists: lists(deps, secondFactor),
    administration: administrationServices(accountDeps, { ...managed, secondFactor, links, ownAccount }),
    processes: processes(deps),
  };
}

function addDisputeHandlers(
  handlers: Map<string, DisputeHandler>,
  { ownAccount, secondFactor, links }: Pick<Domain, "ownAccount" | "secondFactor" | "links">,
): void {
  handlers.set("new-browser", links.newBrowsers.end);
  handlers.set("mail-change", ownAccount.mailChange.undo);
  handlers.set("number-change", (tx, { userId, visitor }) =>
    secondFactor.numberDisputes.cancel(tx, userId, visitor),
  );
}

/** The list of processes, and the watch of this one's system time; not running yet. */
interface Processes {
  readonly store: ProcessStore;
  readonly clockWatch: ClockWatch;
  /** Names of the data keys that this process has read from the secrets file. */
  readonly dataKeys: readonly string[];
}

const processes = ({ processes: store, database, log, box }: Deps): Processes => ({
  store,
  clockWatch: new ClockWatch({ database, log }),
  dataKeys: box.names,
});
