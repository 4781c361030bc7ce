import { foldCase, typedWord } from "../../kernel/typed-text/typed-text.ts";
import { readHash } from "../credentials/imported-hashes/imported-hash.ts";
import { totpKey, type TotpParameters } from "../factors/totp.ts";
import type { ImportColumn, RowFaultCode } from "./user-import-model.ts";
import { readPasskeys, type ImportedPasskeys } from "./user-import-passkeys.ts";

/** What proves a user, as another system has kept it. */
export interface ImportedSecrets {
  /** As it is stored; null: the user has no password yet. */
  readonly password: { readonly hash: string; readonly kind: string; readonly milliseconds: number } | null;
  /** The key of the authenticator app, not sealed yet. */
  readonly appKey: string | null;
  readonly appDigits: TotpParameters["digits"];
  /** Whether the user has proved the mobile number there. */
  readonly isNumberConfirmed: boolean;
  readonly passkeys: ImportedPasskeys;
}

interface Judged<Value> {
  readonly value: Value;
  readonly faults: readonly RowFaultCode[];
}

type Cell = (column: ImportColumn) => string;

/** Reads the columns that are filled in when users move here from another system. */
export async function readSecrets(cell: Cell): Promise<Judged<ImportedSecrets>> {
  const password = passwordOf(cell("password hash"));
  const app = appOf(cell);
  const confirmed = confirmationOf(cell);
  const passkeys = await readPasskeys(cell("passkeys"));
  const { key: appKey, digits: appDigits } = app.value;
  const numbered = { isNumberConfirmed: confirmed.value };
  return {
    value: { password: password.value, appKey, appDigits, ...numbered, passkeys: passkeys.value },
    faults: [...password.faults, ...app.faults, ...confirmed.faults, ...passkeys.faults],
  };
}

/** Whether they prove anything: then a permission of its own is needed to import them. */
export const provesAnything = ({
  password,
  appKey,
  isNumberConfirmed,
  passkeys: { passkeys },
}: ImportedSecrets): boolean =>
  password !== null || appKey !== null || isNumberConfirmed || passkeys.length > 0;

function passwordOf(typed: string): Judged<ImportedSecrets["password"]> {
  if (typed === "") {
    return { value: null, faults: [] };
  }
  const read = readHash(typed);
  if (typeof read === "string") {
    return { value: null, faults: [`hash-${read}`] };
  }
  const { kind, stored: hash, cost } = read;
  return { value: { hash, kind, milliseconds: cost.milliseconds }, faults: [] };
}

type App = TotpParameters & { readonly key: string | null };

const NO_APP: App = { key: null, algorithm: "sha1", digits: 6, period: 30 };

function appOf(cell: Cell): Judged<App> {
  const typed = cell("totp secret");
  const secret = typed.toUpperCase().replaceAll(/[\s-]/g, "").replace(/=+$/, "");
  const algorithm = algorithmOf(cell("totp algorithm"));
  const digits = digitsOf(cell("totp digits"));
  const period = periodOf(cell("totp period"));
  const isAbout = ["totp algorithm", "totp digits", "totp period"] as const;
  if (typed === "") {
    return { value: NO_APP, faults: isAbout.some((column) => cell(column) !== "") ? ["totp-invalid"] : [] };
  }
  if (!SECRET.test(secret)) {
    return { value: NO_APP, faults: ["totp-invalid"] };
  }
  if (algorithm === null || digits === null || period === null) {
    return { value: NO_APP, faults: ["totp-parameters"] };
  }
  const parameters = { algorithm, digits, period };
  return { value: { key: totpKey(secret, parameters), ...parameters }, faults: [] };
}

/** Base32 of 10 to 64 bytes: 80 bits is the least that any system has given out, 512 the block of a hash. */
const SECRET = /^[A-Z2-7]{16,103}$/;

function algorithmOf(typed: string): TotpParameters["algorithm"] | null {
  switch (foldCase(typed).replace(/^hmac/, "").replaceAll(/[-_ ]/g, "")) {
    case "":
    case "sha1":
      return "sha1";
    case "sha256":
      return "sha256";
    case "sha512":
      return "sha512";
    default:
      return null;
  }
}

function digitsOf(typed: string): TotpParameters["digits"] | null {
  switch (typedWord(typed)) {
    case "":
    case "6":
      return 6;
    case "7":
      return 7;
    case "8":
      return 8;
    default:
      return null;
  }
}

/** Longer ones would give a stolen code minutes, shorter ones are read too slowly. */
const PERIOD = { usual: 30, least: 15, most: 120 } as const;

function periodOf(typed: string): number | null {
  const seconds = typed === "" ? PERIOD.usual : /^[0-9]{1,3}$/.test(typed) ? Number(typed) : 0;
  return seconds >= PERIOD.least && seconds <= PERIOD.most ? seconds : null;
}

const YES = ["yes", "true", "1", "ja", "oui", "y"];
const NO = ["", "no", "false", "0", "nee", "nein", "non", "n"];

function confirmationOf(cell: Cell): Judged<boolean> {
  const typed = foldCase(typedWord(cell("mobile number confirmed")));
  const isConfirmed = YES.includes(typed);
  if (!isConfirmed && !NO.includes(typed)) {
    return { value: false, faults: ["confirmed-unknown"] };
  }
  return isConfirmed && cell("mobile number") === ""
    ? { value: false, faults: ["confirmed-without-number"] }
    : { value: isConfirmed, faults: [] };
}
