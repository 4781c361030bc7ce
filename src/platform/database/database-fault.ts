import { SQLSTATE } from "./sqlstate.ts";

/**
 * How a fault of the database is judged: one table, which requests, the pool, the start, `doctor` and `/health/ready`
 * read. Codes are SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) and those of Node; what
 * has no code is known by its message.
 */
export type DatabaseFaultKind =
  /** It cannot be reached, or has ended the connection. */
  | "unreachable"
  /** It is too loaded for this piece of work. */
  | "busy"
  /** It is a standby, or was made one. */
  | "read-only"
  | "full"
  /** It lets this role or this program not in. */
  | "refused"
  /** It cannot do its work: damaged files, a missing part. */
  | "broken";

export interface DatabaseFault {
  readonly kind: DatabaseFaultKind;
  /** SQLSTATE or Node's code, where there is one. */
  readonly code: string | null;
  /** For operators; reads on after "the database cannot be used: ". */
  readonly text: string;
  /** The connection that said so is of no more use. */
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
type Judged = readonly [DatabaseFaultKind, string, "keep" | "drop"];

const UNANSWERED: Judged = ["unreachable", "it does not answer", "drop"];
const ENDED: Judged = ["unreachable", "it ended the connection", "drop"];
const UNKNOWN_HOST: Judged = ["unreachable", "its host is unknown", "drop"];
const UNTRUSTED: Judged = ["refused", "its certificate is not trusted", "drop"];
const NO_TLS: Judged = ["refused", "no encrypted connection to it can be made", "drop"];
const MIXED: Judged = ["broken", "a pooler mixes connections: it must work in session mode", "drop"];

/** SQLSTATEs: the whole code before its class (the first two characters). */
const STATES: Readonly<Record<string, Judged>> = {
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

/** Codes of Node that a connection to a database ends with. */
const CONNECTION: Readonly<Record<string, Judged>> = {
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

/** Codes that files have as well: they are the database's only where a connection was to be made. */
const CONNECT: Readonly<Record<string, Judged>> = {
  ENOENT: ["unreachable", "nothing listens there", "drop"],
  EACCES: ["refused", "this account may not use its socket", "drop"],
  EPERM: ["refused", "this machine lets no connection to it out", "drop"],
  EMFILE: ["busy", "this process has no free file for another connection", "drop"],
  ENFILE: ["busy", "this machine has no free file for another connection", "drop"],
};

/** What pg, its pool and Knex say without a code. */
const MESSAGES: readonly (readonly [RegExp, Judged])[] = [
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

/** What is said about a start; in a request it is a fault of the program. */
const AT_START: Readonly<Record<string, Judged>> = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]: [
    "refused",
    "the role lacks a right; migrating needs the owner, see VESTIBULE_DATABASE_OWNER_URL",
    "keep",
  ],
};

/**
 * What is wrong with the database, when that is why something failed; null for every other error. Looks through causes
 * and AggregateErrors.
 */
export function databaseFault(error: unknown): DatabaseFault | null {
  return findFault(error, judge);
}

/** The same for what connects, migrates or looks into a database: there a missing right is the database's too. */
export function databaseFaultAtStart(error: unknown): DatabaseFault | null {
  return findFault(error, (one) => asFault(AT_START[textOf(one, "code")], one) ?? judge(one));
}

type Judge = (error: Error) => DatabaseFault | null;

function findFault(error: unknown, judgeOne: Judge, depth = 0): DatabaseFault | null {
  // What a request or an answer to it was refused for, and what fetch met on its way to another server.
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
    (found, each) => found ?? findFault(each, judgeOne, depth + 1),
    judgeOne(error),
  );
}

/** Deeper chains of causes are circles. */
const MAX_DEPTH = 8;

/** An error with a status of 4xx, or a caller that went away while it was sending. */
const isRequestFault = (error: Error): boolean =>
  error.message === "aborted" ||
  ("status" in error && typeof error.status === "number" && error.status < 500);

function judge(error: Error): DatabaseFault | null {
  const code = textOf(error, "code");
  const isConnect = ["connect", "getaddrinfo"].includes(textOf(error, "syscall"));
  return asFault(
    CONNECTION[code] ??
      (isConnect ? CONNECT[code] : undefined) ??
      judgeState(error) ??
      MESSAGES.find(([message]) => message.test(error.message))?.[1],
    error,
  );
}

function judgeState(error: Error): Judged | undefined {
  const code = textOf(error, "code");
  if (!/^[0-9A-Z]{5}$/.test(code)) {
    return undefined;
  }
  // Of this class only prepared statements that a migration made obsolete are meant; the words may be translated.
  const isOther = code === "0A000" && textOf(error, "routine") !== "RevalidateCachedQuery";
  const judged = isOther ? undefined : (STATES[code] ?? STATES[code.slice(0, 2)]);
  // The server's last word on a connection: PostgreSQL has more reasons than a table can list.
  return judged ?? (endsConnection(error) ? ENDED : undefined);
}

/** With these severities the server ends the connection. */
const endsConnection = (error: Error): boolean => /^(FATAL|PANIC)$/.test(textOf(error, "severity"));

function asFault(judged: Judged | undefined, error: Error): DatabaseFault | null {
  if (judged === undefined) {
    return null;
  }
  const [kind, text, connection] = judged;
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
