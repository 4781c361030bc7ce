import type { ApplicationService } from "../../domain/applications/application-service.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { composeApplications } from "./compose-applications.ts";
import { AuditStore } from "../../domain/audit/audit-store.ts";
import { composeImports } from "./compose-imports.ts";
import { composeLists } from "./compose-lists.ts";
import { composeAlarms, composeAuditLog } from "./compose-audit.ts";
import { composeAdministration, composeManaged } from "./compose-administration.ts";
import { composeLinkBase, composeLinks } from "./compose-links.ts";
import type { Database } from "../../platform/database/database.ts";
import { OwedWork } from "../../platform/database/owed-work.ts";
import { passwordsFileIn } from "../../platform/embedded-postgres/embedded-place.ts";
import { isSetUp, tieToSecrets } from "../../platform/database/installation.ts";
import { systemClock } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { composeProcesses } from "./compose-processes.ts";
import { composeSecondFactor } from "./compose-second-factor.ts";
import { createLog, type Log } from "../../kernel/log.ts";
import { deriveKey, keyedHash, type Secret, SecretBox, type KeyedHash } from "../../kernel/secret.ts";
import { doneWithin } from "../../kernel/within.ts";
import { Texts } from "../../platform/web/texts.ts";
import { OutboxStore } from "../../screens/outbox/outbox-store.ts";
import { MessageReseal } from "../../platform/messages/message-reseal.ts";
import { composeMessages } from "./compose-messages.ts";
import type { OfficeService } from "../../domain/offices/office-service.ts";
import { OfficeStore } from "../../domain/offices/office-store.ts";
import { SigningKeys } from "../../protocol/keys/signing-keys.ts";
import { openDatabase } from "../../platform/database/open-database.ts";
import {
  createSecrets,
  hasSecrets,
  readSecrets,
  requirePrivateSecrets,
  type Secrets,
} from "../../platform/secrets/secrets-file.ts";
import type { Settings } from "../settings/settings.ts";

import { PasswordHasher } from "../../domain/credentials/password.ts";
import type { UserService } from "../../domain/users/user-service.ts";
import { UserStore } from "../../domain/users/user-store.ts";

/** Everything that works without a web server; the command line has enough with it. */
export interface Services {
  readonly settings: Settings;
  readonly log: Log;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly hash: KeyedHash;
  readonly owed: OwedWork;
  readonly audit: AuditStore;
  readonly auditLog: ReturnType<typeof composeAuditLog>;
  readonly offices: OfficeStore;
  readonly officeService: OfficeService;
  readonly users: UserStore;
  readonly userService: UserService;
  readonly hasher: PasswordHasher;
  readonly applications: ApplicationStore;
  readonly applicationService: ApplicationService;
  readonly signingKeys: SigningKeys;
  readonly messages: ReturnType<typeof composeMessages> & { readonly reseal: MessageReseal };
  readonly outbox: OutboxStore;
  readonly alarms: ReturnType<typeof composeAlarms>;
  readonly secondFactor: ReturnType<typeof composeSecondFactor>;
  /** How the server's role reaches the database, for connections that are not the pages'. */
  readonly databaseUrl: Secret;
  readonly links: ReturnType<typeof composeLinks>;
  readonly imports: ReturnType<typeof composeImports>;
  readonly lists: ReturnType<typeof composeLists>;
  /** What people who run an office or the platform do about others. */
  readonly administration: ReturnType<typeof composeAdministration>;
  readonly processes: ReturnType<typeof composeProcesses>;
  /** Names of the migrations that ran when the database was opened. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

/** How long what the database has not taken yet may take at the end, in milliseconds. */
const OWED_MS = 500;

/** Opens the database and builds the domain. This file and compose-server.ts are the only ones that say `new`. */
export async function composeServices(settings: Settings, signal?: AbortSignal): Promise<Services> {
  const log = createLog(settings.logLevel);
  const opened = await openDatabase(settings, log, signal);
  try {
    const secrets = await secretsFor(settings, opened.database);
    const processes = composeProcesses({ database: opened.database, dataKeys: secrets.dataKeys, log });
    const owed = new OwedWork(log);
    const close = async () => {
      await doneWithin(OWED_MS, owed.stop());
      await opened.close();
    };
    return {
      ...domain(settings, opened.database, { secrets, owed, log }),
      ...{ processes, log, owed },
      ...opened,
      close,
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function domain(
  settings: Settings,
  database: Database,
  { secrets, owed, log }: { secrets: Secrets; owed: OwedWork; log: Log },
) {
  const clock = systemClock;
  const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
  const messages = composeMessages({ settings, database, dataKeys: secrets.dataKeys, texts });
  const hash = keyedHash(deriveKey(secrets.pepper, "hashes"));
  const audit = new AuditStore(database, clock, log);
  const hasher = new PasswordHasher(settings.passwordHashing);
  const offices = new OfficeStore(database);
  const users = new UserStore(database);
  const links = composeLinkBase({ settings, database, hash, audit });
  const secondFactor = composeSecondFactor({
    ...{ settings, database, secrets, hash, hasher, audit, users, offices, messages, texts, links, owed },
  });
  const managing = { settings, database, hash, hasher, audit, users, offices, secondFactor };
  const mailed = composeLinks(managing, links);
  const managed = composeManaged({ settings, database, audit, users, offices, hasher, links });
  return {
    ...{ settings, secrets, hash, audit, hasher },
    auditLog: composeAuditLog({ settings, database, texts }),
    ...{ offices, users },
    ...managed,
    ...composeApplications({ settings, database, audit, hash }),
    signingKeys: new SigningKeys(database, new SecretBox(secrets.dataKeys), clock),
    messages: {
      ...messages,
      reseal: new MessageReseal({ store: messages.store, offices, box: secondFactor.box }),
    },
    outbox: new OutboxStore(database, clock),
    alarms: composeAlarms({ settings, database, texts, messages, log }),
    secondFactor,
    links: mailed,
    imports: composeImports({ database, audit, hasher, offices, links: mailed }, texts),
    lists: composeLists({ settings, database, secondFactor }),
    administration: composeAdministration({ ...managing, links: mailed, ...managed }),
  };
}

/** Makes the secrets of a new installation, and never replaces those of an old one. */
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
  const secrets = readSecrets(file);
  await tieToSecrets(database, keyedHash(deriveKey(secrets.pepper, "hashes")), systemClock);
  return secrets;
}
