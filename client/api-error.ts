import type { Problem, ProblemCode } from "./operations.ts";

/** An answer that is a problem (RFC 9457). Decide by `code`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Null: the answer is not of Vestibule, but of a proxy in front of it. */
  readonly code: ProblemCode | null;
  /** The first wrong field; null for none. */
  readonly field: string | null;
  readonly errors: NonNullable<Problem["errors"]>;
  readonly requestId: string | null;

  constructor(status: number, problem: Problem | null) {
    const errors = problem?.errors ?? [];
    const fields = errors.map(({ field, detail }) => `${field ?? "request"}: ${detail}`).join("; ");
    super([problem?.title ?? `Status ${String(status)}`, problem?.detail, fields].filter(Boolean).join(" "));
    this.status = status;
    this.code = problem?.code ?? null;
    this.field = errors[0]?.field ?? null;
    this.errors = errors;
    this.requestId = problem?.requestId ?? null;
  }
}
