import type { OfficeService } from "../../domain/offices/office-service.ts";
import type { AuditServices } from "./audit.ts";
import type { Perform } from "../../domain/access/approval.ts";
import { Approvals } from "../../domain/access/approvals.ts";
import type { ApprovalAction } from "../../domain/access/approval-store.ts";
import { FactorAdministration } from "../../domain/factors/factor-administration.ts";
import { MethodRemoval } from "../../domain/factors/method-removal.ts";
import { FactorReset } from "../../domain/factors/factor-reset.ts";
import { ScimAccess } from "../../domain/provisioning/scim-access.ts";
import { GroupProvisioning } from "../../domain/provisioning/group-provisioning.ts";
import { UserProvisioning } from "../../domain/provisioning/user-provisioning.ts";
import { UserAdding } from "../../domain/users/user-adding.ts";
import { UserAdministration } from "../../domain/users/user-administration.ts";
import { PersonalData } from "../../domain/users/personal-data.ts";
import { isDeletionReason, UserDeletion } from "../../domain/users/user-deletion.ts";
import { UserEditing } from "../../domain/users/user-editing.ts";
import { UserPasswords } from "../../domain/users/user-passwords.ts";
import type { MailThrottle } from "../../domain/credentials/mail-throttle.ts";
import type { DisputeLinks } from "../../domain/credentials/dispute-links.ts";
import type { PasswordCheck } from "../../domain/credentials/password-check.ts";
import type { PasswordKinds } from "../../domain/credentials/password-kinds.ts";
import { MethodSwitch } from "../../domain/factors/method-switch.ts";
import { LogoService } from "../../domain/offices/logo-service.ts";
import { OfficeSettingsService } from "../../domain/offices/office-settings-service.ts";
import { OverviewStore } from "../../domain/offices/overview-store.ts";
import { PolicyDryRun } from "../../domain/offices/policy-dry-run.ts";
import { ImportTasks } from "../../domain/users/import-tasks.ts";
import { MailChange } from "../../domain/users/mail-change.ts";
import { OwnAccount } from "../../domain/users/own-account.ts";
import { SessionEnding } from "../../domain/users/session-ending.ts";
import { RankChange } from "../../domain/users/rank-change.ts";
import { UserExport } from "../../domain/users/user-export.ts";
import { UserImportApply } from "../../domain/users/user-import-apply.ts";
import { importTexts, type ImportTexts } from "../../domain/users/user-import-texts.ts";
import { UserImporter } from "../../domain/users/user-importer.ts";
import type { UserListStore } from "../../domain/users/user-list-store.ts";
import { MessageWithdrawal } from "../../platform/messages/message-withdrawal.ts";
import { taskJobs } from "../../platform/messages/task-jobs.ts";
import type { Texts } from "../../platform/web/texts.ts";
import { forecastSignIn } from "../../screens/sign-in/sign-in-forecast.ts";
import type { Deps, AccountDeps } from "./dependencies.ts";
import type { FactorServices } from "./factors.ts";
import { rulesOf } from "./stores.ts";
import type { LinkServices } from "./credentials.ts";

/** What users change about their own account. */
export interface OwnAccountServices {
  readonly own: OwnAccount;
  readonly mailChange: MailChange;
  readonly methods: MethodSwitch;
  readonly removal: MethodRemoval;
}

interface OwnAccountNeeds {
  readonly passwords: PasswordCheck;
  readonly throttle: MailThrottle;
  readonly disputes: DisputeLinks;
  readonly secondFactor: FactorServices;
}

export function ownAccountServices(
  deps: AccountDeps,
  { passwords, throttle, disputes, secondFactor }: OwnAccountNeeds,
): OwnAccountServices {
  const own = new OwnAccount({ ...deps, passwords });
  const { numberNotices: notices } = secondFactor;
  const methods = new MethodSwitch({ ...deps, codes: deps.sentCodes, notices, mails: deps.notices });
  return {
    own,
    mailChange: new MailChange({ ...deps, own, throttle, disputes }),
    methods,
    removal: new MethodRemoval({ ...deps, methods }),
  };
}

/** Import and export of users as CSV. */
export interface ImportServices {
  readonly importer: UserImporter;
  readonly apply: UserImportApply;
  readonly tasks: ImportTasks;
  readonly userExport: UserExport;
  readonly words: (language: string) => ImportTexts;
}

export function importServices(
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
export interface Lists {
  readonly users: UserListStore;
  readonly overview: OverviewStore;
}

export const lists = (deps: Deps, { smsCounter }: FactorServices): Lists => ({
  users: deps.userList,
  // Made here, because it reads the counter of text messages, whose name the budget knows.
  overview: new OverviewStore({ ...deps, smsCounter }),
});

/** Administration of offices and users, in the console and on the command line. */
export interface AdministrationServices extends DirectoryServices {
  readonly users: UserAdministration;
  readonly factors: FactorAdministration;
  readonly deletion: UserDeletion;
  readonly approvals: Approvals;
  readonly settings: OfficeSettingsService;
  readonly logos: LogoService;
  readonly dryRun: PolicyDryRun;
  readonly personalData: PersonalData;
}

/** What the directories of offices do. */
interface DirectoryServices {
  readonly scimAccess: ScimAccess;
  readonly provisioning: UserProvisioning;
  readonly groupProvisioning: GroupProvisioning;
}

interface DirectoryNeeds {
  readonly rankChange: RankChange;
  readonly editing: UserEditing;
  readonly administration: UserAdministration;
}

const directoryServices = (deps: AccountDeps, needs: DirectoryNeeds): DirectoryServices => ({
  scimAccess: new ScimAccess({ ...deps, tokens: deps.scimTokens }),
  provisioning: new UserProvisioning({ ...deps, ...needs, store: deps.provisionedUsers }),
  groupProvisioning: new GroupProvisioning({ ...deps, ...needs, store: deps.provisionedUsers }),
});

interface AdministrationNeeds {
  readonly officeService: OfficeService;
  readonly secondFactor: FactorServices;
  readonly links: LinkServices;
  readonly auditLog: AuditServices;
  readonly ownAccount: OwnAccountServices;
}

export function administrationServices(
  deps: AccountDeps,
  needs: AdministrationNeeds,
): AdministrationServices {
  const { officeService: offices, secondFactor, links, auditLog, ownAccount } = needs;
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
  const editing = new UserEditing({ ...deps, store: deps.userEdits, disputes });
  const users = new UserAdministration({
    ...{ ...deps, passwordLinks, rankChange, passwords, deletion, editing },
    adding: new UserAdding({ ...deps, passwordLinks, passwords, numbers }),
    sessions: new SessionEnding(deps),
  });
  return {
    users,
    ...directoryServices(deps, { rankChange, editing, administration: users }),
    factors: new FactorAdministration({
      ...{ ...deps, resets, numbers, trusted: deps.trustedBrowsers },
      ...{ removal: ownAccount.removal, sending: rulesOf(deps.settings).sending },
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
