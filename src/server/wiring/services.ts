import type { Perform } from "../../domain/access/approval.ts";
import { Approvals } from "../../domain/access/approvals.ts";
import type { ApprovalAction } from "../../domain/access/approval-store.ts";
import type { RateLimit } from "../../platform/limits/rate-limit-store.ts";
import { FactorAdministration } from "../../domain/factors/factor-administration.ts";
import { FactorReset } from "../../domain/factors/factor-reset.ts";
import { UserAdding } from "../../domain/users/user-adding.ts";
import { UserAdministration } from "../../domain/users/user-administration.ts";
import { PersonalData } from "../../domain/users/personal-data.ts";
import { isDeletionReason, UserDeletion } from "../../domain/users/user-deletion.ts";
import { UserEditing } from "../../domain/users/user-editing.ts";
import { UserPasswords } from "../../domain/users/user-passwords.ts";
import { ApplicationService } from "../../domain/applications/application-service.ts";
import { ApplicationShutdownStore } from "../../domain/applications/application-shutdown-store.ts";
import { ApplicationShutdown } from "../../domain/applications/application-shutdown.ts";
import { ClientSecretGuard } from "../../domain/applications/client-secret-guard.ts";
import { UserCodeGuard } from "../../domain/applications/user-code-guard.ts";
import { AlarmMails } from "../../domain/audit/alarm-mails.ts";
import type { AlarmStore } from "../../domain/audit/alarm-store.ts";
import { AuditExport } from "../../domain/audit/audit-export.ts";
import { AuditFollow } from "../../domain/audit/audit-follow.ts";
import { AuditPack } from "../../domain/audit/audit-pack.ts";
import { AuditRetention } from "../../domain/audit/audit-retention.ts";
import { ErasedPeople } from "../../domain/audit/erased-people.ts";
import { ChainVerification } from "../../domain/audit/chain-verification.ts";
import { PackReport } from "../../domain/audit/pack-report.ts";
import { FamiliarBrowsers } from "../../domain/credentials/familiar-browsers.ts";
import { MailThrottle } from "../../domain/credentials/mail-throttle.ts";
import { BreachedPasswords } from "../../domain/credentials/breached-passwords.ts";
import { DisputeLinks, type DisputeHandler } from "../../domain/credentials/dispute-links.ts";
import { readForbiddenPasswords } from "../../domain/credentials/forbidden-passwords.ts";
import { NewPasswordCheck } from "../../domain/credentials/new-password-check.ts";
import { OfficeReminder } from "../../domain/credentials/office-reminder.ts";
import { PasswordCheck } from "../../domain/credentials/password-check.ts";
import { PasswordComparison } from "../../domain/credentials/password-comparison.ts";
import { PasswordGuard } from "../../domain/credentials/password-guard.ts";
import { PasswordLinks } from "../../domain/credentials/password-links.ts";
import { PasswordRenewal } from "../../domain/credentials/password-renewal.ts";
import { PasswordReset } from "../../domain/credentials/password-reset.ts";
import { PasswordRules } from "../../domain/credentials/password-rules.ts";
import { StrengthThread } from "../../domain/credentials/strength-thread.ts";
import { PasswordHasher } from "../../domain/credentials/password.ts";
import { PasswordKinds } from "../../domain/credentials/password-kinds.ts";
import { CodeJudge } from "../../domain/factors/code-judge.ts";
import { EndedNumberRequests } from "../../domain/factors/ended-number-requests.ts";
import { MethodSwitch } from "../../domain/factors/method-switch.ts";
import { NumberDisputes } from "../../domain/factors/number-disputes.ts";
import { NumberNotices } from "../../domain/factors/number-notices.ts";
import { NumberRecord } from "../../domain/factors/number-record.ts";
import { NumberService } from "../../domain/factors/number-service.ts";
import { totpReEncryption } from "../../domain/factors/totp-secret.ts";
import { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import { SmsBudget } from "../../domain/factors/sms-budget.ts";
import { SmsCodeCheck } from "../../domain/factors/sms-code-check.ts";
import { SmsCodeService } from "../../domain/factors/sms-code-service.ts";
import { TotpCheck } from "../../domain/factors/totp-check.ts";
import { TrustedBrowsers } from "../../domain/factors/trusted-browsers.ts";
import { mailLogo } from "../../domain/offices/logo-address.ts";
import { LogoService } from "../../domain/offices/logo-service.ts";
import { OfficeLinkGuard } from "../../domain/offices/office-link-guard.ts";
import { OfficePurge } from "../../domain/offices/office-purge.ts";
import { OfficeService } from "../../domain/offices/office-service.ts";
import { OfficeSettingsService } from "../../domain/offices/office-settings-service.ts";
import { OverviewStore } from "../../domain/offices/overview-store.ts";
import { PolicyNotices } from "../../domain/offices/policy-notices.ts";
import { PolicyDryRun } from "../../domain/offices/policy-dry-run.ts";
import { ImportTasks } from "../../domain/users/import-tasks.ts";
import { MailChange } from "../../domain/users/mail-change.ts";
import { OwnAccount } from "../../domain/users/own-account.ts";
import { RankChange } from "../../domain/users/rank-change.ts";
import { SuperuserNotices } from "../../domain/users/superuser-notices.ts";
import { UserExport } from "../../domain/users/user-export.ts";
import { UserImportApply } from "../../domain/users/user-import-apply.ts";
import { importTexts, type ImportTexts } from "../../domain/users/user-import-texts.ts";
import { UserImporter } from "../../domain/users/user-importer.ts";
import type { UserListStore } from "../../domain/users/user-list-store.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { createLog, type Log } from "../../kernel/log.ts";
import { deriveKey, keyedHash, SecretBox } from "../../kernel/secret.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import type { Database } from "../../platform/database/database.ts";
import { isSetUp, bindToSecrets } from "../../platform/database/installation.ts";
import { openDatabase, type OpenDatabase } from "../../platform/database/open-database.ts";
import { OwedWork } from "../../platform/database/owed-work.ts";
import { passwordsFileIn } from "../../platform/embedded-postgres/embedded-place.ts";
import { MailView } from "../../platform/messages/mail-view.ts";
import { MessageWithdrawal } from "../../platform/messages/message-withdrawal.ts";
import { messageReEncryption } from "../../platform/messages/message-content.ts";
import type { ReEncryption } from "../../platform/secrets/re-encryption.ts";
import { Notices } from "../../platform/messages/notices.ts";
import type { QueueHealthStore } from "../../platform/messages/queue-health-store.ts";
import { Receipts } from "../../platform/messages/receipts.ts";
import { TransactionalQueue } from "../../platform/messages/transactional-queue.ts";
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
import { outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import { sectorFault } from "../../protocol/clients/sector-check.ts";
import { forecastSignIn } from "../../screens/sign-in/sign-in-forecast.ts";
import type { Settings } from "../settings/settings.ts";
import { composeStores, rulesOf, type Foundation, type Stores } from "./stores.ts";

/** Everything that works without a web server: enough for the command line. Starts no background work. */
export interface Services extends Foundation, Domain, OpenDatabase {}

/** One thread for the process, however many installations a test opens in it: it holds the estimator's word lists. */
const strength = new StrengthThread();

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
export interface Domain extends Pick<
  Stores,
  "audit" | "offices" | "users" | "applications" | "signingKeys" | "outbox"
> {
  readonly stores: Stores;
  readonly texts: Texts;
  readonly messages: MessageServices;
  readonly auditLog: AuditServices;
  readonly alarms: AlarmServices;
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
  readonly applicationService: ApplicationService;
  readonly applicationShutdown: ApplicationShutdown;
  readonly secretGuard: ClientSecretGuard;
  readonly userCodes: UserCodeGuard;
  readonly imports: ImportServices;
  readonly policyNotices: PolicyNotices;
  /** What workers do besides delivering messages. */
  readonly tasks: TaskRunner;
  readonly lists: Lists;
  readonly administration: AdministrationServices;
  readonly processes: Processes;
}

/** The domain on the database of `foundation`. */
export function composeDomain(foundation: Foundation): Domain {
  const stores = composeStores(foundation);
  const { audit, offices, users, applications, signingKeys, outbox } = stores;
  const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
  const coreDeps = coreDepsOf(foundation, stores);
  const messages = messageServices(coreDeps, texts);
  const { notices } = messages;
  const deps = { ...coreDeps, notices, superusers: new SuperuserNotices({ ...coreDeps, notices }) };
  const disputeHandlers = new Map<string, DisputeHandler>();
  const disputes = new DisputeLinks({ ...deps, handlers: disputeHandlers });
  const secondFactor = factorServices(deps, { disputes, texts, messages });
  const accountDeps = { ...deps, numberRequests: secondFactor.numberRequests };
  const throttle = new MailThrottle({ ...deps, store: stores.rateLimits });
  const familiar = new FamiliarBrowsers({ ...deps, store: stores.familiarBrowsers });
  const links = linkServices(accountDeps, { disputes, disputeHandlers, throttle, familiar });
  const { passwords, passwordKinds } = passwordServices(deps, familiar);
  const ownAccount = ownAccountServices(accountDeps, { passwords, throttle, disputes, secondFactor });
  addDisputeHandlers(disputeHandlers, { ownAccount, secondFactor });
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
    alarms: alarmServices(deps, { messages, texts }),
    imports,
    policyNotices,
    tasks: { run: (task) => (task.task === "policy-notice" ? policyNotices : imports.tasks).run(task) },
    lists: lists(deps, secondFactor),
    administration: administrationServices(accountDeps, { ...managed, secondFactor, links }),
    processes: processes(deps),
  };
}

/** The dependencies of the constructors below; each type says which of them it needs. */
interface Deps extends CoreDeps {
  readonly notices: Notices;
  readonly superusers: SuperuserNotices;
}

/** The same for what ends sessions or changes a password. */
interface AccountDeps extends Deps {
  readonly numberRequests: EndedNumberRequests;
}

interface CoreDeps extends Stores, Omit<Foundation, "secrets"> {
  readonly issuer: string;
  readonly productName: string;
  /** Incorrect codes after which a factor is frozen until it is reset. */
  readonly frozenFrom: number;
  readonly passwordRules: PasswordRules;
  readonly newPasswords: NewPasswordCheck;
}

function coreDepsOf(
  { settings, log, database, box, hash, hasher, owed }: Foundation,
  stores: Stores,
): CoreDeps {
  const { issuer, productName, secondFactorGuard } = settings;
  const { frozenFrom } = secondFactorGuard;
  const passwordRules = new PasswordRules({ strength, limits: stores.rateLimits, hash });
  return {
    ...stores,
    ...{ settings, log, database, box, hash, hasher, owed },
    ...{ issuer, productName, frozenFrom },
    passwordRules,
    newPasswords: newPasswordCheck(settings, log, passwordRules),
  };
}

/** The one check of passwords that are being chosen. Throws an OperatorError when the operator's list cannot be read. */
function newPasswordCheck(settings: Settings, log: Log, rules: PasswordRules): NewPasswordCheck {
  const { productName } = settings;
  const { forbiddenFile } = settings.newPasswords;
  return new NewPasswordCheck({
    productName,
    rules,
    breached: composeBreachedPasswords(settings, log),
    forbidden: forbiddenFile === null ? null : readForbiddenPasswords(forbiddenFile),
  });
}

/** A range has 56 KiB today, and grows. */
const RANGE_BYTES = 1024 * 1024;

/** The service of known breaches; null where none is asked. Its host is the operator's choice, so it may be inside the network. */
export function composeBreachedPasswords(
  { newPasswords: { breachedUrl: url }, outgoingAllowedHosts }: Settings,
  log: Log,
): BreachedPasswords | null {
  if (url === null) {
    return null;
  }
  const hosts = [...outgoingAllowedHosts, new URL(url).hostname];
  return new BreachedPasswords({ url, log, fetch: outgoingFetch(hosts, { maxBytes: RANGE_BYTES }) });
}

/** Mails and text messages: they are stored in a queue, and workers deliver them (processes.ts). */
interface MessageServices {
  readonly queue: TransactionalQueue;
  readonly view: MailView;
  readonly notices: Notices;
  readonly queues: QueueHealthStore;
  readonly reEncryption: ReEncryption<string | null>;
  /** Null where the provider sends no receipts. */
  readonly receipts: Receipts | null;
}

function messageServices(deps: CoreDeps, texts: Texts): MessageServices {
  const { messages: store } = deps;
  const { productName: product, issuer, gateways, messages } = deps.settings;
  const queue = new TransactionalQueue({ ...deps, store });
  const view = new MailView(texts, { product, issuer });
  return {
    queue,
    view,
    // Without a gateway they would stay in the queue for ever.
    notices: new Notices({
      queue: gateways.mail === "none" ? null : queue,
      view,
      lookOf: async (tx, officeId) => {
        const office = await deps.offices.find(officeId, tx);
        if (office === null) {
          return null;
        }
        const { accent, logoUrl } = office.branding;
        return { name: office.name, accent, logo: mailLogo(logoUrl, issuer) };
      },
      help: deps.help,
    }),
    queues: deps.queueHealth,
    reEncryption: messageReEncryption({ ...deps, store }),
    receipts: gateways.sms === "vonage" ? new Receipts({ store, ...messages.receipts }) : null,
  };
}

/** The audit log as evidence: sealed, verified, listed, exported, packed, pruned. */
interface AuditServices {
  readonly verification: ChainVerification;
  readonly retention: AuditRetention;
  readonly export: AuditExport;
  readonly follow: AuditFollow;
  readonly pack: AuditPack;
  readonly erased: ErasedPeople;
}

function auditServices(deps: CoreDeps, texts: Texts): AuditServices {
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

/** Alarms, which are mailed to the staff. */
interface AlarmServices {
  readonly store: AlarmStore;
  readonly mails: AlarmMails;
}

function alarmServices(
  { settings, alarms: store, log }: CoreDeps,
  { messages, texts }: { readonly messages: MessageServices; readonly texts: Texts },
): AlarmServices {
  const queue = settings.gateways.mail === "none" ? null : messages.queue;
  const { alarmMail: addresses } = settings.messages;
  return { store, mails: new AlarmMails({ store, queue, view: messages.view, texts, addresses, log }) };
}

/** The second factor: its counter of tries, the check of codes, and the changes of factors. */
interface FactorServices
  extends
    NumberServices,
    Pick<
      Stores,
      | "factors"
      | "totpStore"
      | "guard"
      | "recoveryCodes"
      | "enrolments"
      | "numbers"
      | "factorStatus"
      | "trustedBrowsers"
    >,
    Pick<CoreDeps, "box"> {
  readonly codes: SecondFactorCheck;
  readonly trusted: TrustedBrowsers;
  readonly reEncryption: ReEncryption<string>;
}

interface FactorNeeds {
  readonly disputes: DisputeLinks;
  readonly texts: Texts;
  readonly messages: MessageServices;
}

function factorServices(deps: Deps, needs: FactorNeeds): FactorServices {
  const { factors, totpStore, guard, recoveryCodes, enrolments, numbers, factorStatus } = deps;
  const { trustedBrowsers, box } = deps;
  const ofNumbers = numberServices(deps, needs);
  const judge = new CodeJudge({ ...deps, totpCheck: new TotpCheck(deps), smsCheck: ofNumbers.smsCheck });
  const { strikes } = deps.settings.secondFactorGuard;
  return {
    ...{ factors, totpStore, guard, recoveryCodes, enrolments, numbers, factorStatus },
    ...{ trustedBrowsers, box },
    ...ofNumbers,
    codes: new SecondFactorCheck({ ...deps, strikes, judge }),
    trusted: new TrustedBrowsers({ ...deps, store: trustedBrowsers }),
    reEncryption: totpReEncryption(deps),
  };
}

/** Mobile numbers, and the codes that are sent to them. */
interface NumberServices {
  readonly numberNotices: NumberNotices;
  readonly numberService: NumberService;
  readonly numberRequests: EndedNumberRequests;
  readonly numberDisputes: NumberDisputes;
  readonly smsCheck: SmsCodeCheck;
  readonly smsSender: SmsCodeService;
  readonly smsCounter: (officeId: string) => Pick<RateLimit, "scope" | "key">;
}

function numberServices(deps: Deps, { disputes, texts, messages: { queue } }: FactorNeeds): NumberServices {
  const { settings, rateLimits: store, smsCodes: codes, productName: product } = deps;
  const { canSendSms: canSend } = rulesOf(settings);
  const host = new URL(settings.issuer).hostname;
  const budget = new SmsBudget({ ...deps, store, limits: settings.smsLimits });
  const numberNotices = new NumberNotices({
    ...{ ...deps, budget, queue: canSend ? queue : null },
    disputes: (tx, user) => disputes.link(tx, user, { kind: "number-change" }),
    text: (language, notice, values) => texts.in(language)(`sms.${notice}`, { ...values, product }),
  });
  const record = new NumberRecord({ ...deps, notices: numberNotices });
  return {
    numberNotices,
    numberService: new NumberService({ ...deps, codes, record }),
    numberRequests: new EndedNumberRequests({ ...deps, record }),
    numberDisputes: new NumberDisputes({ ...deps, record }),
    smsCheck: new SmsCodeCheck({ ...deps, codes, notices: numberNotices }),
    smsSender: new SmsCodeService({
      ...{ ...deps, codes, budget, queue, canSend },
      text: (language, code) => texts.in(language)("sms.code", { code, product, host }),
    }),
    smsCounter: (officeId) => budget.officeCounter(officeId),
  };
}

/** Everything that uses a link in a mail. */
interface LinkServices {
  readonly disputes: DisputeLinks;
  /** What a link "this was not me" cancels, by its kind. */
  readonly disputeHandlers: Map<string, DisputeHandler>;
  readonly passwordLinks: PasswordLinks;
  readonly passwordReset: PasswordReset;
  readonly passwordRenewal: PasswordRenewal;
  readonly officeReminder: OfficeReminder;
}

function linkServices(
  deps: AccountDeps,
  needs: Pick<LinkServices, "disputes" | "disputeHandlers"> & {
    readonly throttle: MailThrottle;
    readonly familiar: FamiliarBrowsers;
  },
): LinkServices {
  const { disputes, disputeHandlers, throttle, familiar } = needs;
  return {
    ...{ disputes, disputeHandlers },
    passwordLinks: new PasswordLinks({ ...deps, throttle, familiar, checks: deps.passwordChecks }),
    passwordReset: new PasswordReset({ ...deps, familiar }),
    passwordRenewal: new PasswordRenewal(deps),
    officeReminder: new OfficeReminder({ ...deps, throttle }),
  };
}

function addDisputeHandlers(
  handlers: Map<string, DisputeHandler>,
  { ownAccount, secondFactor }: Pick<Domain, "ownAccount" | "secondFactor">,
): void {
  handlers.set("mail-change", ownAccount.mailChange.undo);
  handlers.set("number-change", (tx, { userId, visitor }) =>
    secondFactor.numberDisputes.cancel(tx, userId, visitor),
  );
}

interface PasswordServices {
  /** The only check of passwords, with its rate limits. */
  readonly passwords: PasswordCheck;
  readonly passwordKinds: PasswordKinds;
}

function passwordServices(deps: Deps, familiar: FamiliarBrowsers): PasswordServices {
  const { rateLimits, passwordChecks, settings, trustedBrowsers: trusted } = deps;
  const guard = new PasswordGuard({ ...deps, store: rateLimits, limits: settings.passwordGuard });
  const comparison = new PasswordComparison({ ...deps, store: passwordChecks, familiar, trusted });
  return {
    passwords: new PasswordCheck({ ...deps, comparison, guard }),
    passwordKinds: new PasswordKinds({ ...deps, store: deps.passwordKindStore }),
  };
}

/** What users change about their own account. */
interface OwnAccountServices {
  readonly own: OwnAccount;
  readonly mailChange: MailChange;
  readonly methods: MethodSwitch;
}

interface OwnAccountNeeds {
  readonly passwords: PasswordCheck;
  readonly throttle: MailThrottle;
  readonly disputes: DisputeLinks;
  readonly secondFactor: FactorServices;
}

function ownAccountServices(
  deps: AccountDeps,
  { passwords, throttle, disputes, secondFactor }: OwnAccountNeeds,
): OwnAccountServices {
  const own = new OwnAccount({ ...deps, passwords });
  const { numberNotices: notices } = secondFactor;
  return {
    own,
    mailChange: new MailChange({ ...deps, own, throttle, disputes }),
    methods: new MethodSwitch({ ...deps, codes: deps.smsCodes, notices }),
  };
}

const officeService = (deps: Deps, policyNotices: PolicyNotices): OfficeService =>
  new OfficeService({
    ...{
      ...deps,
      store: deps.offices,
      closing: deps.officeClosing,
      purges: deps.officePurges,
      policyNotices,
    },
    closedDays: deps.settings.closedOfficeDays,
    canSendSms: rulesOf(deps.settings).canSendSms,
  });

/** The applications that users sign in to, including our own pages. */
function applicationServices(
  deps: Deps,
): Pick<Domain, "applicationService" | "applicationShutdown" | "secretGuard" | "userCodes"> {
  const { applications: store, rateLimits: counters, settings } = deps;
  return {
    applicationService: new ApplicationService({
      ...{ ...deps, store },
      prepareAlgorithm: (tx, algorithm) => deps.signingKeys.prepare(tx, algorithm),
      surroundings: { isDevelopment: !settings.production },
      sectorFault: (sector) => sectorFault(outgoingFetch(settings.outgoingAllowedHosts), sector),
    }),
    applicationShutdown: new ApplicationShutdown({ ...deps, store: new ApplicationShutdownStore() }),
    secretGuard: new ClientSecretGuard({ ...deps, store: counters }),
    userCodes: new UserCodeGuard({ ...deps, store: counters }),
  };
}

/** Import and export of users as CSV. */
interface ImportServices {
  readonly importer: UserImporter;
  readonly apply: UserImportApply;
  readonly tasks: ImportTasks;
  readonly userExport: UserExport;
  readonly words: (language: string) => ImportTexts;
}

function importServices(
  deps: Deps,
  needs: {
    readonly links: LinkServices;
    readonly texts: Texts;
    readonly passwordKinds: PasswordKinds;
  },
): ImportServices {
  const { links, texts, passwordKinds } = needs;
  const { userImports: runs, userImportApplies: store, userExports, audit } = deps;
  const jobs = taskJobs;
  return {
    importer: new UserImporter({ ...deps, jobs, store: runs }),
    apply: new UserImportApply({ ...deps, jobs, store, runs, passwordKinds }),
    tasks: new ImportTasks({ ...deps, jobs, store, runs, passwordLinks: links.passwordLinks }),
    userExport: new UserExport({ store: userExports, audit }),
    words: (language) => importTexts(texts.in(language)),
  };
}

/** Lists and overviews of one office, for the console. */
interface Lists {
  readonly users: UserListStore;
  readonly overview: OverviewStore;
}

const lists = (deps: Deps, { smsCounter }: FactorServices): Lists => ({
  users: deps.userList,
  // Made here, because it reads the counter of text messages, whose name the budget knows.
  overview: new OverviewStore({ ...deps, smsCounter }),
});

/** Administration of offices and users, in the console and on the command line. */
interface AdministrationServices {
  readonly users: UserAdministration;
  readonly factors: FactorAdministration;
  readonly deletion: UserDeletion;
  readonly approvals: Approvals;
  readonly settings: OfficeSettingsService;
  readonly logos: LogoService;
  readonly dryRun: PolicyDryRun;
  readonly personalData: PersonalData;
}

function administrationServices(
  deps: AccountDeps,
  needs: Pick<Domain, "officeService" | "secondFactor" | "links" | "auditLog">,
): AdministrationServices {
  const { officeService: offices, secondFactor, links, auditLog } = needs;
  const { numberService: numbers, numberNotices } = secondFactor;
  const { disputes, passwordLinks } = links;
  const resets = new FactorReset({ ...deps, numberNotices });
  const rankChange = new RankChange(deps);
  const passwords = new UserPasswords(deps);
  const withdrawal = new MessageWithdrawal({ ...deps, store: deps.messages });
  const deletion = new UserDeletion({
    ...deps,
    withdrawal,
    erased: auditLog.erased,
    store: deps.userDeletions,
  });
  return {
    users: new UserAdministration({
      ...{ ...deps, passwordLinks, rankChange, passwords, deletion },
      adding: new UserAdding({ ...deps, passwordLinks, passwords, numbers }),
      editing: new UserEditing({ ...deps, store: deps.userEdits, disputes }),
    }),
    factors: new FactorAdministration({
      ...{ ...deps, resets, numbers, trusted: deps.trustedBrowsers },
    }),
    deletion,
    approvals: new Approvals({ ...deps, perform: performers({ resets, rankChange, deletion }) }),
    settings: new OfficeSettingsService({ offices, factorStatus: deps.factorStatus }),
    logos: new LogoService({ ...deps, store: deps.logos, offices }),
    personalData: new PersonalData({ ...deps, store: deps.personalData }),
    dryRun: new PolicyDryRun({ ...deps, store: deps.policyDryRuns, forecast: forecastSignIn }),
  };
}

/** What is done when two people have agreed. */
const performers = ({
  resets,
  rankChange,
  deletion,
}: {
  readonly resets: FactorReset;
  readonly rankChange: RankChange;
  readonly deletion: UserDeletion;
}): Readonly<Record<ApprovalAction, Perform>> => ({
  reset: async (tx, user, { actor, requestedBy, reason }) => ({
    enrolmentCode: await resets.resetIn(tx, user, { actor, requestedBy, reason }),
  }),
  role: async (tx, user, { role, ...by }) =>
    role !== null && (await rankChange.changeRole(tx, user, { role, by })) === "changed" ? DONE : null,
  enable: async (tx, user, { actor, requestedBy, reason }) => {
    await rankChange.enable(tx, user, { actor, requestedBy, reason });
    return DONE;
  },
  delete: async (tx, user, { actor, requestedBy, reason }) =>
    isDeletionReason(reason) && (await deletion.deleteIn(tx, user, { actor, requestedBy, reason }))
      ? DONE
      : null,
});

const DONE = { enrolmentCode: null } as const;

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
