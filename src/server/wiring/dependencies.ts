import { BreachedPasswords } from "../../domain/credentials/breached-passwords.ts";
import { readForbiddenPasswords } from "../../domain/credentials/forbidden-passwords.ts";
import { NewPasswordCheck } from "../../domain/credentials/new-password-check.ts";
import { PasswordRules } from "../../domain/credentials/password-rules.ts";
import { StrengthThread } from "../../domain/credentials/strength-thread.ts";
import type { EndedEmailCodes } from "../../domain/factors/email/ended-email-codes.ts";
import type { EndedNumberRequests } from "../../domain/factors/ended-number-requests.ts";
import type { SuperuserNotices } from "../../domain/users/superuser-notices.ts";
import type { Log } from "../../kernel/log.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import type { Settings } from "../settings/settings.ts";
import type { Foundation } from "./domain-stores.ts";
import type { Stores } from "./stores.ts";

/** One thread for the process, however many installations a test opens in it: it holds the estimator's word lists. */
const strength = new StrengthThread();

/** The dependencies of the constructors below; each type says which of them it needs. */
export interface Deps extends CoreDeps {
  readonly notices: Notices;
  readonly superusers: SuperuserNotices;
}

/** The same for what ends sessions or changes a password. */
export interface AccountDeps extends Deps {
  readonly numberRequests: EndedNumberRequests;
  readonly emailCodes: EndedEmailCodes;
}

export interface CoreDeps extends Stores, Omit<Foundation, "secrets"> {
  readonly issuer: string;
  readonly productName: string;
  /** Incorrect codes after which a factor is frozen until it is reset. */
  readonly frozenFrom: number;
  readonly passwordRules: PasswordRules;
  readonly newPasswords: NewPasswordCheck;
}

export function coreDepsOf(
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
