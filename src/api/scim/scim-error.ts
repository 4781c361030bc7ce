/**
 * SCIM 2.0 (RFC 7643, RFC 7644): the directory of an office adds, changes and disables its users. It calls the domain services of the
 * console, and knows no SQL. Start at `scim-handler.ts`, which every request goes through, then `users.ts`.
 *
 * This file has the errors (RFC 7644 section 3.12).
 */

export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue";

const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";

/** Ends a request with this answer. `detail` repeats nothing of the request: the console shows it. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | null;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    more: {
      readonly scimType?: ScimType;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.detail = detail;
    this.scimType = more.scimType ?? null;
    this.headers = more.headers ?? {};
  }
}

/** The body of an answer that is an error. */
export const errorBody = ({ status, scimType, detail }: ScimError) => ({
  schemas: [ERROR_SCHEMA],
  status: String(status),
  ...(scimType === null ? {} : { scimType }),
  detail,
});

/** A request that its sender has to mend. */
export const badRequest = (scimType: ScimType, detail: string, cause?: unknown): ScimError =>
  new ScimError(400, detail, { scimType, cause });

/** An unknown resource, and one of another office. */
export const unknownResource = (): ScimError =>
  new ScimError(404, "There is no such resource, or it belongs to another office.");
