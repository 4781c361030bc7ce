import { SQLSTATE } from "./sqlstate.ts";

/**
 * The classification of database errors in one table, for requests, the pool, the start, `doctor` and `/health/ready`. Codes are
 * SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) and Node's; errors without a code are recognised by
 * their message.
 */
export type DatabaseFaultKind =
  /** The database cannot be reached, or has ended the connection. */
  | "unreachable"
  /** It is overloaded, or a transaction conflicted. */
  | "busy"
  /** It is a standby, or has become one. */
  | "read-only"
  | "full"
  /** It refuses this role or this client. */
  | "refused"
  /** It is damaged or incomplete. */
  | "broken";

export interface DatabaseFault {
  readonly kind: DatabaseFaultKind;
  /** SQLSTATE or Node's code, if any. */
  readonly code: string | null;
  /** For operators; continues "the database cannot be used: ". */
  readonly text: string;
  /** Whether the connection must be closed. */
  readonly dropsConnection: boolean;
  /** Seconds for `Retry-After`. */
  readonly retryAfter: number;
}

const RETRY_AFTER: Record<DatabaseFaultKind, number> = {
  unreachable: 5,
  busy: 2,
  "read-only": 5,
  full: 30,
  refused: 30,
  broken: 30,
};

/** Kind, text, and whether the connection can be kept. */
type Classification = readonly [DatabaseFaultKind, string, "keep" | "drop"];

const UNANSWERED: Classification = ["unreachable", "it does not answer", "drop"];
const ENDED: Classification = ["unreachable", "it ended the connection", "drop"];
const UNKNOWN_HOST: Classification = ["unreachable", "its host is unknown", "drop"];
const UNTRUSTED: Classification = ["refused", "its certificate is not trusted", "drop"];
const NO_TLS: Classification = ["refused", "no encrypted connection to it can be made", "drop"];
const MIXED: Classification = ["broken", "a pooler mixes connections: it must work in session mode", "drop"];

/** SQLSTATEs. A full code takes precedence over its class (the first two characters). */
const STATES: Readonly<Record<string, Classification>> = {
  "08": ["unreachable", "the connection to it failed", "drop"],
  "0A": ["busy", "a table has changed since the connection was made", "drop"],
  [SQLSTATE.READ_ONLY_TRANSACTION]: [
    "read-only",
    "it is read-only, as a standby is; a server needs the primary",
    "drop",
  ],
  "25P03": ["busy", "it ended a transaction that waited too long", "drop"],
  "25P04": ["busy", "it ended a transaction that took too long", "drop"],
  "26000": MIXED,
  "28": ["refused", "the role may not connect", "drop"],
  "28P01": ["refused", "the password is wrong", "drop"],
  "3D000": ["refused", "the database does not exist; create it first", "drop"],
  "40001": ["busy", "two pieces of work got in each other's way", "keep"],
  "40P01": ["busy", "two pieces of work waited for each other", "keep"],
  "42P05": MIXED,
  "53": ["busy", "it is short of something that it needs", "keep"],
  "53100": ["full", "its disk is full", "keep"],
  "53200": ["busy", "it has no memory left", "keep"],
  "53300": ["busy", "it has no connection left", "drop"],
  "53400": ["busy", "a limit of its settings is reached", "keep"],
  "55P03": ["busy", "a lock was not free in time", "keep"],
  "57": ["unreachable", "its operator intervened", "drop"],
  "57014": ["busy", "a statement took too long", "keep"],
  "57P01": ["unreachable", "it shuts down, or an administrator ended the connection", "drop"],
  "57P02": ["unreachable", "it restarts after a crash", "drop"],
  "57P03": [
    "unreachable",
    "it does not take connections at the moment: it starts, recovers or shuts down",
    "drop",
  ],
  "57P04": ["refused", "the database was removed", "drop"],
  "57P05": ["unreachable", "it ended a connection that was idle for too long", "drop"],
  "58": ["broken", "its operating system reports a fault", "drop"],
  "58030": ["broken", "it cannot read or write its files", "drop"],
  "58P01": ["broken", "a file of it is missing", "drop"],
  XX: ["broken", "it reports a fault within itself", "drop"],
  XX001: ["broken", "its data is damaged", "drop"],
  XX002: ["broken", "an index of it is damaged", "drop"],
};

/** Node's error codes of a lost or failed connection. */
const CONNECTION: Readonly<Record<string, Classification>> = {
  ECONNREFUSED: ["unreachable", "nothing listens there", "drop"],
  ECONNRESET: ENDED,
  ECONNABORTED: ENDED,
  EPIPE: ENDED,
  ERR_STREAM_DESTROYED: ENDED,
  ERR_STREAM_WRITE_AFTER_END: ENDED,
  ETIMEDOUT: UNANSWERED,
  EHOSTDOWN: ["unreachable", "its host cannot be reached", "drop"],
  EHOSTUNREACH: ["unreachable", "its host cannot be reached", "drop"],
  ENETDOWN: ["unreachable", "its network cannot be reached", "drop"],
  ENETUNREACH: ["unreachable", "its network cannot be reached", "drop"],
  ENETRESET: ENDED,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  EADDRNOTAVAIL: ["busy", "this machine has no free port for another connection", "drop"],
  EPROTO: NO_TLS,
  CERT_HAS_EXPIRED: ["refused", "its certificate has expired", "drop"],
  CERT_NOT_YET_VALID: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: ["refused", "its certificate belongs to another host", "drop"],
};

/** Node's error codes that files have too: they concern the database only if the system call was a connect. */
const CONNECT: Readonly<Record<string, Classification>> = {
  ENOENT: ["unreachable", "nothing listens there", "drop"],
  EACCES: ["refused", "this account may not use its socket", "drop"],
  EPERM: ["refused", "this machine lets no connection to it out", "drop"],
  EMFILE: ["busy", "this process has no free file for another connection", "drop"],
  ENFILE: ["busy", "this machine has no free file for another connection", "drop"],
};

/** Errors of pg, its pool and Knex that have no code. */
const MESSAGES: readonly (readonly [RegExp, Classification])[] = [
  [/Connection terminated due to connection timeout|^timeout expired$/, UNANSWERED],
  [/Query read timeout/, UNANSWERED],
  [/Connection terminated|Connection ended|connection error and is not queryable|Client was closed/, ENDED],
  [/timeout exceeded when trying to connect/, ["busy", "no connection to it became free in time", "keep"]],
  [/Timeout acquiring a connection/, ["busy", "no connection to it became free in time", "keep"]],
  [
    /after calling end on the pool|Unable to acquire a connection/,
    ["unreachable", "this process stops", "keep"],
  ],
  [/does not support SSL connections|establishing an SSL connection/, NO_TLS],
  [/The transaction was rolled back/, ["busy", "it undid a transaction", "keep"]],
  [
    /^Received unexpected \w+ message from backend|^received invalid response/,
    ["broken", "it does not speak PostgreSQL's protocol", "drop"],
  ],
  [/terminating connection|the database system is/, ENDED],
];

/** Faults at the start only; in a request they are bugs. */
const AT_START: Readonly<Record<string, Classification>> = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]: [
    "refused",
    "the role lacks a right; migrating needs the owner, see VESTIBULE_DATABASE_OWNER_URL",
    "keep",
  ],
};

/** The database fault behind an error; null when the error has another reason. Searches causes and AggregateErrors. */
export function databaseFault(error: unknown): DatabaseFault | null {
  return findFault(error, classify);
}

/** The same for starts, migrations and inspections, where a missing privilege is a fault of the database too. */
export function databaseFaultAtStart(error: unknown): DatabaseFault | null {
  return findFault(error, (one) => asFault(AT_START[textOf(one, "code")], one) ?? classify(one));
}

type Classify = (error: Error) => DatabaseFault | null;

function findFault(error: unknown, classifyOne: Classify, depth = 0): DatabaseFault | null {
  // Errors of the HTTP request itself, and of `fetch` to other servers, are not the database's.
  if (
    !(error instanceof Error) ||
    depth > MAX_DEPTH ||
    isRequestFault(error) ||
    error.message === "fetch failed"
  ) {
    return null;
  }
  const attempts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const inner = [...attempts, error.cause];
  return inner.reduce<DatabaseFault | null>(
    (found, each) => found ?? findFault(each, classifyOne, depth + 1),
    classifyOne(error),
  );
}

/** Deeper chains of causes are circular. */
const MAX_DEPTH = 8;

/** An error with a 4xx status, or a client that disconnected while sending. */
const isRequestFault = (error: Error): boolean =>
  error.message === "aborted" ||
  ("status" in error && typeof error.status === "number" && error.status < 500);

function classify(error: Error): DatabaseFault | null {
  const code = textOf(error, "code");
  const isConnect = ["connect", "getaddrinfo"].includes(textOf(error, "syscall"));
  return asFault(
    CONNECTION[code] ??
      (isConnect ? CONNECT[code] : undefined) ??
      classifySqlState(error) ??
      MESSAGES.find(([message]) => message.test(error.message))?.[1],
    error,
  );
}

function classifySqlState(error: Error): Classification | undefined {
  const code = textOf(error, "code");
  if (!/^[0-9A-Z]{5}$/.test(code)) {
    return undefined;
  }
  // Of this class only prepared statements that a migration invalidated. Identified by routine, because messages are translated.
  const isOther = code === "0A000" && textOf(error, "routine") !== "RevalidateCachedQuery";
  const classification = isOther ? undefined : (STATES[code] ?? STATES[code.slice(0, 2)]);
  // Any other error with which the server ends the connection: PostgreSQL has more than a table can list.
  return classification ?? (endsConnection(error) ? ENDED : undefined);
}

/** After an error of these severities the server ends the connection. */
const endsConnection = (error: Error): boolean => /^(FATAL|PANIC)$/.test(textOf(error, "severity"));

function asFault(classification: Classification | undefined, error: Error): DatabaseFault | null {
  if (classification === undefined) {
    return null;
  }
  const [kind, text, connection] = classification;
  const code = textOf(error, "code");
  return {
    kind,
    code: code === "" ? null : code,
    text,
    dropsConnection: connection === "drop" || endsConnection(error),
    retryAfter: RETRY_AFTER[kind],
  };
}

function textOf(error: Error, key: "code" | "severity" | "syscall" | "routine"): string {
  const value: unknown = key in error ? Reflect.get(error, key) : undefined;
  return typeof value === "string" ? value : "";
}
