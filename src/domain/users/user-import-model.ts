import type { CsvEncoding } from "../../kernel/csv/csv-encoding.ts";
import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { Role } from "../access/role.ts";
import type { Transport } from "../factors/passkeys/browser-answers.ts";

/**
 * Users imported from a file. `UserImporter` reads and applies it, `user-import-row.ts` checks a row, and
 * `import-tasks.ts` invites the new users. What needs all rows, a username that is repeated or taken, is judged in
 * `user-import-statements.ts`. Nothing is added before an administrator has seen the verdicts.
 */
export const IMPORT_COLUMNS = ["username", "name", "mail", "mobile number", "language", "role"] as const;

/** Columns of people who come from another system: what proves them there proves them here. */
export const SECRET_COLUMNS = [
  ...(["password hash", "totp secret", "totp algorithm", "totp digits", "totp period"] as const),
  ...(["mobile number confirmed", "passkeys"] as const),
] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number] | (typeof SECRET_COLUMNS)[number];

/** As exports of other programs name them, in the languages of the pages. Case, accents, blanks and hyphens do not matter. */
export const COLUMN_ALIASES = {
  username: ["gebruikersnaam", "Benutzername", "nom d'utilisateur", "identifiant"],
  name: [...["full name", "naam", "volledige naam"], ...["vollständiger Name", "nom", "nom complet"]],
  mail: [
    ...["email", "email address", "mail address", "e-mailadres"],
    ...["E-Mail-Adresse", "courriel", "adresse e-mail", "adresse courriel"],
  ],
  "mobile number": [
    ...["mobile", "mobile phone", "mobiel", "mobiel nummer", "mobiele telefoon"],
    ...["Mobilnummer", "Mobil", "Handy", "Handynummer", "numéro de mobile", "téléphone mobile", "portable"],
  ],
  language: ["taal", "Sprache", "langue"],
  role: ["rol", "Rolle", "rôle"],
  "password hash": ["hash"],
  "totp secret": ["otp secret"],
  "totp algorithm": ["otp algorithm"],
  "totp digits": ["otp digits"],
  "totp period": ["otp period"],
  "mobile number confirmed": ["mobile confirmed", "number confirmed"],
  passkeys: ["webauthn credentials"],
} as const satisfies Readonly<Record<ImportColumn, readonly string[]>>;

/** What is wrong with a row. */
export const ROW_FAULTS = [
  "cells-too-many",
  "username-invalid",
  "username-repeated",
  "username-taken",
  "name-invalid",
  "mail-invalid",
  "number-invalid",
  "number-country",
  "number-not-mobile",
  "number-extension",
  "language-unknown",
  "role-unknown",
  "role-above",
  "role-two",
  "hash-unknown",
  "hash-broken",
  "hash-weak",
  "hash-costly",
  "totp-invalid",
  "totp-parameters",
  "confirmed-unknown",
  "confirmed-without-number",
  "passkeys-unreadable",
  "passkeys-too-many",
  "passkey-key",
  "passkey-repeated",
  "passkey-taken",
  "user-handles-differ",
  "user-handle-repeated",
  "user-handle-taken",
  "secrets-denied",
] as const;
export type RowFaultCode = (typeof ROW_FAULTS)[number];

export interface RowFault {
  readonly code: RowFaultCode;
  /** The first line with this username, passkey or user handle, where it is repeated. */
  readonly about: string;
}

/** A row that waits to be applied. */
export interface ImportRow {
  readonly line: number;
  readonly id: string;
  readonly username: string;
  readonly usernameKey: string;
  readonly name: string;
  readonly mail: string | null;
  /** E.164 */
  readonly number: string | null;
  readonly role: Role;
  readonly language: string | null;
  /** The hash of another system, as it is stored; its kind, and what a comparison takes. */
  readonly passwordHash: string | null;
  readonly hashKind: string | null;
  readonly hashMilliseconds: number | null;
  /** The key of an authenticator app, sealed for the future user; base64. */
  readonly sealedApp: string | null;
  readonly appDigits: number;
  readonly isNumberConfirmed: boolean;
  /** Null where there are none. */
  readonly passkeys: readonly WaitingPasskey[] | null;
  /** What the user's authenticators know the account by, in hex; null where the file does not say. */
  readonly userHandle: string | null;
  readonly faults: readonly RowFaultCode[];
}

/** A passkey of another system. Bytes are in hex. */
interface WaitingPasskey {
  readonly id: string;
  /** In the form of COSE. */
  readonly publicKey: string;
  readonly counter: number;
  readonly isSynced: boolean;
  readonly transports: readonly Transport[];
  readonly aaguid: string;
  readonly name: string | null;
}

/** What the rows of a run bring, by number. */
export interface BroughtSecrets {
  readonly passwords: number;
  readonly apps: number;
  readonly confirmedNumbers: number;
  readonly passkeys: number;
}

/**
 * reading · refused: the file as a whole, see `fault` · checked: every row has its verdict · applied · dropped: by an
 * administrator, or because another file replaced it.
 */
export interface ImportRun {
  readonly id: string;
  readonly officeId: string;
  readonly actor: string;
  readonly state: "reading" | "refused" | "checked" | "applied" | "dropped";
  readonly fault: CsvFault | null;
  /** How its letters were read; null while it is being read. */
  readonly encoding: CsvEncoding | null;
  /** Rows read so far. */
  readonly rows: number;
  readonly bad: number;
  /** How many rows have been added so far; no user is visible before the state is "applied". */
  readonly added: number;
  readonly invites: boolean;
  readonly invited: number;
  readonly madeAt: Date;
  /** When it last made progress. */
  readonly movedAt: Date;
}

/** More than any office has; a file over a limit is refused before it is read to its end. */
export const IMPORT_LIMITS = { bytes: 32_000_000, rows: 100_000, columns: 40, rowLength: 16_000 } as const;
