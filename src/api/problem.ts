import { z } from "zod";

/**
 * The management API: what the console does, as JSON, for programs. It knows no page and no SQL, and the domain services stay the only
 * place of rules. An operation (`operation.ts`) is a value in the list of `operations.ts`; router, OpenAPI document, tests and
 * docs/api.md read that list. Start at `operation.ts`, then `api-handler.ts`, which every request goes through; `api-caller.ts` finds out
 * which application calls, and counts its requests.
 *
 * This file has the errors (RFC 9457).
 */

/** Each code is stable: programs decide by it. */
export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request cannot be read." },
  "invalid-fields": { status: 400, title: "Some fields are wrong; errors names each of them." },
  "invalid-file": { status: 400, title: "The file is wrong, and nothing was done; errors names its lines." },
  "invalid-token": { status: 401, title: "The access token is missing, not valid, or has ended." },
  "insufficient-scope": { status: 403, title: "The access token lacks the scope that this needs." },
  "office-closed": { status: 403, title: "The office that the application is bound to is closed." },
  "not-permitted": { status: 403, title: "This application may not do this here." },
  "needs-second-person": {
    status: 403,
    title: "This takes two people, or an application of the office itself.",
  },
  "people-only": { status: 403, title: "A person decides this in the console, no program." },
  "not-found": { status: 404, title: "There is no such thing, or this application cannot see it." },
  "method-not-allowed": { status: 405, title: "This address has other methods; Allow lists them." },
  "username-taken": { status: 409, title: "The office has a user with this username." },
  "code-taken": { status: 409, title: "Another office has this code." },
  "last-superuser": { status: 409, title: "The office would have no active superuser." },
  "not-possible-now": { status: 409, title: "The current state does not allow this." },
  "request-in-progress": { status: 409, title: "The request with this Idempotency-Key has not ended yet." },
  "events-gone": {
    status: 410,
    title: "Events after this cursor are no longer kept, or a backup was restored: begin without after.",
  },
  "stale-version": { status: 412, title: "It was changed in the meantime: read it again." },
  "too-large": { status: 413, title: "The body is too large." },
  "not-json": { status: 415, title: "The body has to be JSON, without compression." },
  "wrong-file-type": { status: 415, title: "The file is of another type, or compressed." },
  "key-reused": { status: 422, title: "This Idempotency-Key came with another request before." },
  "version-required": { status: 428, title: "Send If-Match with the ETag of what you have read." },
  "too-many-requests": { status: 429, title: "Too many requests; Retry-After says when to go on." },
  internal: { status: 500, title: "The server met a fault that its operator has to look at." },
  unavailable: { status: 503, title: "The server cannot answer at the moment." },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

const isCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
export const PROBLEM_CODES: readonly ProblemCode[] = Object.keys(PROBLEMS).filter(isCode);

/** One wrong field: `number`, `secondFactor.from`, or null for the whole request. */
export interface FieldProblem {
  readonly field: string | null;
  readonly detail: string;
}

/** Ends a request with this problem; an operation throws it for what its caller can mend. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | null;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the request was done before: its Idempotency-Key is not free for another one. */
  readonly wasDone: boolean;

  constructor(
    code: ProblemCode,
    more: {
      readonly detail?: string;
      readonly errors?: readonly FieldProblem[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly wasDone?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, { cause: more.cause });
    this.code = code;
    this.detail = more.detail ?? null;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
    this.wasDone = more.wasDone ?? false;
  }
}

/** A problem with one field. */
export const wrongField = (field: string, detail: string): Problem =>
  new Problem("invalid-fields", { errors: [{ field, detail }] });

/** RFC 9457 section 3, with our code, the fields and the id of the request in the log. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.enum(PROBLEM_CODES),
  detail: z.string().optional(),
  errors: z.array(z.strictObject({ field: z.string().nullable(), detail: z.string() })).optional(),
  requestId: z.string(),
});

/** The body of an answer that is a problem. */
export function problemBody(
  { code, detail, errors }: Problem,
  requestId: string,
): z.output<typeof problemSchema> {
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:vestibule:problem:${code}`,
    ...{ title, status, code },
    ...(detail === null ? {} : { detail }),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
    requestId,
  };
}
