/**
 * The kernel: what every layer may use. Errors, the clock, randomness, secrets in memory, the log, languages, CSV. It imports
 * nothing from the layers above it and knows no database, no web and no office.
 * Start here. Functions return expected outcomes; they throw one of these errors for what must not happen.
 */

/** Kinds of failed requests. Each has a status and a text on the error page. */
export type ErrorKind =
  | "expired"
  | "unknown-application"
  | "bad-redirect"
  | "request"
  | "not-found"
  | "forbidden"
  | "too-large"
  | "busy"
  | "too-many-offices"
  | "unavailable"
  | "internal"
  | "unreadable-factor"
  | "method";

const STATUS: Record<ErrorKind, number> = {
  expired: 400,
  "unknown-application": 400,
  "bad-redirect": 400,
  request: 400,
  "not-found": 404,
  forbidden: 403,
  "too-large": 413,
  busy: 503,
  "too-many-offices": 429,
  unavailable: 503,
  internal: 500,
  "unreadable-factor": 500,
  method: 405,
};

export const statusOf = (kind: ErrorKind): number => STATUS[kind];

/** Where a user starts again: the application that started the sign-in. */
export interface StartAgain {
  /** Null: a page of Vestibule itself. */
  readonly name: string | null;
  readonly href: string;
}

/** Ends a request with the error page of its kind. */
export class PageError extends Error {
  readonly kind: ErrorKind;
  /** Seconds for `Retry-After`; null when waiting does not help. */
  readonly retryAfter: number | null;
  /** Where the user can start again, if known. */
  readonly startAgain: StartAgain | null;
  /** Id of the user whose data caused the error, for the operator's log. */
  readonly subject: string | null;

  constructor(
    kind: ErrorKind,
    options: { retryAfter?: number; startAgain?: StartAgain | null; subject?: string; cause?: unknown } = {},
  ) {
    super(kind, { cause: options.cause });
    this.kind = kind;
    this.retryAfter = options.retryAfter ?? null;
    this.startAgain = options.startAgain ?? null;
    this.subject = options.subject ?? null;
  }
}

/** Whether what was asked for is not there. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof PageError && error.kind === "not-found";

/** A fault of configuration or input that the operator can correct: one line, exit code 1, no stack. */
export class OperatorError extends Error {}

/** The machine-readable code that Node, PostgreSQL and the network put on their errors. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
