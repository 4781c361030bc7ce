import { resolve } from "node:path";
import { exposedDevelopment } from "./exposed-development.ts";
import { clearTextFaults } from "./clear-text.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import { managementFaults, shapeManagement } from "./management-settings.ts";
import { messageFaults, shapeMessages } from "./message-gateways.ts";
import { fileSettingOf, withSecretFiles } from "./secret-files.ts";
import { shapeDatabase } from "./database-shape.ts";
import { settingsSchema, type Given } from "./settings-schema.ts";
import { processFaults, shapeProcesses } from "./process-count.ts";
import { shapeRequestLimits } from "./limit-settings.ts";
import { shapeProduct } from "./product-settings.ts";
import { readTracing } from "./tracing-settings.ts";
import { settingsTable } from "./settings-table.ts";
import type { Setting } from "./setting.ts";
import { FULL_COST } from "../../domain/credentials/password-cost.ts";

export type Settings = ReturnType<typeof readSettings>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment into frozen settings. Throws one OperatorError that lists every fault at once. */
export function readSettings(environment: Environment) {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const files = withSecretFiles(set, settingsTable, { isStrict: set["NODE_ENV"] === "production" });
  const { given } = files;
  const { data, faults: unreadable } = parse(given);
  const invalid = [...files.faults, ...unreadable.map((fault) => withFileName(fault, files.fromFiles))];
  const settings = { ...shape(data), tracing: readTracing(environment) };
  // An unreadable value is reported once, and not again for what its absence causes.
  const further = [
    ...(settings.production ? productionFaults(settings, given) : []),
    ...(data.VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT ? [] : exposedDevelopment(settings, data)),
    ...messageFaults(settings, data),
    ...processFaults(settings),
    ...managementFaults(settings),
  ].filter((fault) => !invalid.some((reported) => isAbout(reported, nameOf(fault))));
  const faults = [...unknownNames(given), ...invalid, ...further];
  if (faults.length > 0) {
    throw refuse(faults);
  }
  return deepFreeze(settings);
}

function parse(given: Environment) {
  const first = settingsSchema.safeParse(given);
  if (first.success) {
    return { data: first.data, faults: [] };
  }
  const invalid = new Set(first.error.issues.map((issue) => issue.path.join(".")));
  const valid = Object.fromEntries(Object.entries(given).filter(([name]) => !invalid.has(name)));
  return {
    data: settingsSchema.parse(valid),
    faults: first.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
  };
}

/** The host and port of a server with these settings; ignores all other settings. */
export function readListening(environment: Environment): { readonly host: string; readonly port: number } {
  const { PORT: given, VESTIBULE_HOST: name } = environment;
  const read = settingsSchema
    .pick({ PORT: true, VESTIBULE_HOST: true })
    .safeParse({ PORT: given === "" ? undefined : given, VESTIBULE_HOST: name === "" ? undefined : name });
  if (!read.success) {
    throw refuse(read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  }
  return { host: read.data.VESTIBULE_HOST, port: read.data.PORT };
}

const nameOf = (fault: string) => fault.slice(0, fault.indexOf(":"));

const isAbout = (fault: string, name: string) => [name, fileSettingOf(name)].includes(nameOf(fault));

/** A fault of a value from a file is reported under the name that the operator has set. */
const withFileName = (fault: string, fromFiles: ReadonlySet<string>) =>
  fromFiles.has(nameOf(fault)) ? fault.replace(nameOf(fault), fileSettingOf(nameOf(fault))) : fault;

function shape(given: Given) {
  const production = given.NODE_ENV === "production";
  const dataDir = resolve(given.VESTIBULE_DATA_DIR);
  return {
    production,
    allowsExposedDevelopment: given.VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT,
    ...{ port: given.PORT, host: given.VESTIBULE_HOST },
    issuer: given.VESTIBULE_ISSUER ?? `http://localhost:${String(given.PORT)}`,
    ...shapeProduct(given),
    timeZone: given.VESTIBULE_TIME_ZONE,
    dataDir,
    secretsFile: resolve(given.VESTIBULE_SECRETS_FILE ?? `${dataDir}/secrets.json`),
    logLevel: given.VESTIBULE_LOG_LEVEL ?? (production ? "info" : "warn"),
    ...shapeProcesses(given),
    ...shapeManagement(given),
    shutdownDelaySeconds: given.VESTIBULE_SHUTDOWN_DELAY,
    trustedProxyHops: given.VESTIBULE_TRUSTED_PROXY_HOPS,
    outgoingAllowedHosts: given.VESTIBULE_OUTGOING_ALLOWED_HOSTS ?? (production ? [] : LOOPBACK),
    deviceFlow: given.VESTIBULE_DEVICE_FLOW,
    database: shapeDatabase(given),
    demo: { enabled: given.VESTIBULE_DEMO ?? !production, port: given.VESTIBULE_DEMO_PORT ?? given.PORT + 1 },
    ...shapeMessages(given),
    passwordHashing: {
      concurrency: given.VESTIBULE_PASSWORD_CONCURRENCY,
      queue: given.VESTIBULE_PASSWORD_QUEUE,
      // Not a setting, so that no installation can weaken its hashes. Tests lower it where the cost does not matter.
      cost: FULL_COST,
    },
    newPasswords: shapeNewPasswords(given),
    passwordGuard: shapeGuard(given),
    ...shapeRequestLimits(given),
    secondFactorGuard: shapeSecondFactorGuard(given),
    smsLimits: shapeSmsLimits(given),
    lifetimes: shapeLifetimes(given),
    auditDays: given.VESTIBULE_AUDIT_DAYS,
    closedOfficeDays: given.VESTIBULE_CLOSED_OFFICE_DAYS,
  };
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

function shapeNewPasswords({ VESTIBULE_FORBIDDEN_PASSWORDS: file, ...given }: Given) {
  return {
    breachedUrl: given.VESTIBULE_BREACHED_PASSWORDS,
    forbiddenFile: file === undefined ? null : resolve(file),
  };
}

function shapeGuard(given: Given) {
  return {
    perAccount: given.VESTIBULE_GUARD_ACCOUNT_TRIES,
    perAddress: given.VESTIBULE_GUARD_ADDRESS_TRIES,
    perOffice: given.VESTIBULE_GUARD_OFFICE_TRIES,
    windowMinutes: given.VESTIBULE_GUARD_WINDOW_MINUTES,
  };
}

function shapeSecondFactorGuard(given: Given) {
  return {
    maxFailedAttempts: given.VESTIBULE_CODE_TRIES,
    blockMinutes: given.VESTIBULE_CODE_BLOCK_MINUTES,
    hourFrom: given.VESTIBULE_CODE_HOUR_FROM,
    dayFrom: given.VESTIBULE_CODE_DAY_FROM,
    frozenFrom: given.VESTIBULE_CODE_FROZEN_FROM,
  };
}

function shapeSmsLimits(given: Given) {
  return {
    perSignIn: given.VESTIBULE_SMS_SIGN_IN_SENDS,
    perNumberHour: given.VESTIBULE_SMS_NUMBER_HOUR,
    perNumberDay: given.VESTIBULE_SMS_NUMBER_DAY,
    perAccountDay: given.VESTIBULE_SMS_ACCOUNT_DAY,
    perAddressHour: given.VESTIBULE_SMS_ADDRESS_HOUR,
    perPrefixHour: given.VESTIBULE_SMS_PREFIX_HOUR,
  };
}

function shapeLifetimes(given: Given) {
  return {
    signInMinutes: given.VESTIBULE_SIGN_IN_MINUTES,
    sessionHours: given.VESTIBULE_SESSION_HOURS,
    sessionIdleMinutes: given.VESTIBULE_SESSION_IDLE_MINUTES,
    accessTokenMinutes: given.VESTIBULE_ACCESS_TOKEN_MINUTES,
    refreshTokenDays: given.VESTIBULE_REFRESH_TOKEN_DAYS,
    refreshTokenMaximumDays: given.VESTIBULE_REFRESH_TOKEN_MAXIMUM_DAYS,
    signingKeyDays: given.VESTIBULE_SIGNING_KEY_DAYS,
  };
}

/** Faults of settings that are allowed in development only. */
function productionFaults(settings: ReturnType<typeof shape>, given: Environment): string[] {
  const faults: string[] = [];
  const refuseWhen = (wrong: boolean, message: string) => {
    if (wrong) {
      faults.push(message);
    }
  };
  refuseWhen(given.VESTIBULE_ISSUER === undefined, "VESTIBULE_ISSUER: must be set in production");
  refuseWhen(
    !settings.issuer.startsWith("https://"),
    "VESTIBULE_ISSUER: must start with https:// in production",
  );
  refuseWhen(
    given.VESTIBULE_SECRETS_FILE === undefined,
    "VESTIBULE_SECRETS_FILE: must name the file with the secrets in production; `npx vestibule keys init FILE` makes one",
  );
  refuseWhen(settings.demo.enabled, "VESTIBULE_DEMO: the demo office has known passwords; not in production");
  refuseWhen(
    settings.gateways.mail === "outbox",
    "VESTIBULE_MAIL_GATEWAY: the outbox is for development only",
  );
  refuseWhen(settings.gateways.sms === "outbox", "VESTIBULE_SMS_GATEWAY: the outbox is for development only");
  refuseWhen(
    settings.database.url === null && given.VESTIBULE_ALLOW_EMBEDDED_DATABASE !== "yes",
    "DATABASE_URL: must be set in production, or VESTIBULE_ALLOW_EMBEDDED_DATABASE=yes for the embedded PostgreSQL",
  );
  if (given.VESTIBULE_DATABASE_CLEAR_TEXT !== "yes") {
    faults.push(...clearTextFaults(settings.database));
  }
  return faults;
}

/** A misspelt setting would silently have its default, and the server would be less strict than intended. */
function unknownNames(given: Environment): string[] {
  const known = new Set<string>(
    settingsTable.flatMap(({ name, secret }: Setting) =>
      secret === undefined ? [name] : [name, fileSettingOf(name)],
    ),
  );
  return Object.keys(given)
    .filter((name) => name.startsWith("VESTIBULE_") && !known.has(name))
    .map((name) => `${name}: unknown setting; docs/settings.md lists all of them`);
}

function refuse(faults: readonly string[]): OperatorError {
  return new OperatorError(`The settings have ${String(faults.length)} fault(s):\n  ${faults.join("\n  ")}`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !(value instanceof Secret)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
