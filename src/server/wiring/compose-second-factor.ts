import type { AuditStore } from "../../domain/audit/audit-store.ts";
import { type LinkBase } from "./compose-links.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import { systemClock } from "../../kernel/clock.ts";
import { composeNumbers } from "./compose-numbers.ts";
import { type KeyedHash, SecretBox, deriveKey } from "../../kernel/secret.ts";
import { CodeJudge } from "../../domain/factors/code-judge.ts";
import { EnrolmentStore } from "../../domain/factors/enrolment.ts";
import { FactorService } from "../../domain/factors/factor-service.ts";
import { FactorStore } from "../../domain/factors/factor-store.ts";
import { GuardStore, type Person } from "../../domain/factors/guard-store.ts";
import { FactorReseal } from "../../domain/factors/reseal.ts";
import { RecoveryCodeStore } from "../../domain/factors/recovery-code-store.ts";
import { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import { StandingStore } from "../../domain/factors/standing-store.ts";
import { TotpCheck } from "../../domain/factors/totp-check.ts";
import { TotpStore } from "../../domain/factors/totp-store.ts";
import { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import { TrustedBrowsers } from "../../domain/factors/trusted-browsers.ts";
import type { Texts } from "../../platform/web/texts.ts";
import type { composeMessages } from "./compose-messages.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import { type Secrets } from "../../platform/secrets/secrets-file.ts";
import type { Settings } from "../settings/settings.ts";
import type { PasswordHasher } from "../../domain/credentials/password.ts";
import type { UserStore } from "../../domain/users/user-store.ts";

interface SecondFactorParts {
  readonly settings: Settings;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly hash: KeyedHash;
  readonly hasher: PasswordHasher;
  readonly audit: AuditStore;
  readonly users: UserStore;
  readonly offices: OfficeStore;
  readonly messages: ReturnType<typeof composeMessages>;
  readonly texts: Texts;
  readonly links: LinkBase;
  readonly owed: OwedWork;
}

/** The second factor: its stores, its one counter of tries, and what judges a code. */
export function composeSecondFactor(parts: SecondFactorParts) {
  const { settings, database, secrets, hash, hasher, audit, users, offices, messages, texts, links } = parts;
  const { owed } = parts;
  const { queue, notices } = messages;
  const clock = systemClock;
  const pepper = deriveKey(secrets.pepper, "recovery codes");
  const guard = new GuardStore({ database, numbers: settings.secondFactorGuard, owed });
  const factors = new FactorStore();
  const totpStore = new TotpStore(database);
  const recoveryCodes = new RecoveryCodeStore(database, (code, salt) => hasher.derive(code, salt, pepper));
  const enrolments = new EnrolmentStore(database, hash);
  const box = new SecretBox(secrets.dataKeys);
  const trustedBrowsers = new TrustedBrowserStore(hash);
  const { strikes } = settings.secondFactorGuard;
  const shared = { guard, factors, totpStore, recoveryCodes, enrolments, audit, notices, clock };
  const translate: Translate = (language, key, values) => texts.in(language)(key, values);
  const common = { ...shared, settings, database, hash, users, offices };
  const notMe = (tx: Queryable, person: Person) => links.notMe.link(tx, person, { kind: "number-change" });
  const numbers = composeNumbers({ ...common, queue, translate, notMe });
  const judge = new CodeJudge({ ...shared, ...numbers, totpCheck: new TotpCheck({ ...shared, box }) });
  return {
    ...shared,
    ...numbers,
    box,
    trustedBrowsers,
    trusted: new TrustedBrowsers({ store: trustedBrowsers, audit, notices, clock }),
    reseal: new FactorReseal({ totpStore, offices, box }),
    standing: new StandingStore(database, clock),
    codes: new SecondFactorCheck({ ...shared, hash, strikes, owed, judge }),
    service: new FactorService({ ...common, ...numbers }),
  };
}

type Translate = (language: string, key: string, values: Readonly<Record<string, string | number>>) => string;
