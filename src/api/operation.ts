import type { z } from "zod";
import { denialOf, permit } from "../domain/access/access.ts";
import type { ActingApplication, Target } from "../domain/access/actor.ts";
import { SCOPE_OF, type ApiScope } from "../domain/access/api-scopes.ts";
import type { Action } from "../domain/access/permissions.ts";
import type { Download } from "../platform/web/download.ts";
import type { ApiServices } from "./api-services.ts";
import { readAs } from "./fields.ts";
import type { Attempt } from "./idempotency-store.ts";
import { Problem } from "./problem.ts";

/**
 * An operation of the API, the sibling of a page of the console: where it is, what it takes, the permission, the call of a domain
 * service, and what it answers. The kit checks all the rest, so that an operation cannot forget it.
 */

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What an operation is about: it finds the thing that the path names, as far as the caller reaches it. */
export interface Place<Subject> {
  /** Below the root of the API, with its parameters in braces. */
  readonly path: string;
  /** Each parameter by its meaning. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Null for what does not exist, and the same for what the caller does not reach. */
  readonly find: (
    services: ApiServices,
    by: ActingApplication,
    parameters: Readonly<Record<string, string>>,
  ) => Promise<{ readonly subject: Subject; readonly target: Target } | null>;
}

/** A checked request. */
export interface Call<Subject, Query, Body> {
  readonly by: ActingApplication;
  readonly subject: Subject;
  readonly query: Query;
  readonly body: Body;
  /** What was sent in place of a body; can be read once. */
  readonly file: AsyncIterable<Uint8Array>;
  /** The versions of which the caller has read one; null: whatever it is now (`If-Match: *`). */
  readonly versions: readonly string[] | null;
  /** Whether nothing is to be changed (`Prefer: dry-run`). */
  readonly isDryRun: boolean;
  /** The same for each repetition of a request with an Idempotency-Key, and random without one. */
  readonly attempt: Attempt;
}

/** What an operation answers. `version`: the ETag, by `tagOf`; `location`: of what was made, below the root of the API. */
export interface Result<Body> {
  readonly body: Body;
  readonly version?: string;
  readonly location?: string;
  /** A file in place of the body. */
  readonly download?: Download;
}

interface Definition<Subject, Query extends z.ZodType, Body extends z.ZodType, Out extends z.ZodType> {
  /** Unique; `users.list`. */
  readonly name: string;
  readonly method: Method;
  readonly place: Place<Subject>;
  /** What follows the path of the place. */
  readonly path?: string;
  /** One line for the documents. */
  readonly about: string;
  readonly action: Action;
  readonly query?: Query;
  readonly body?: Body;
  /** Media types of the file that it takes in place of a body. */
  readonly takesFile?: readonly string[];
  /** Media types of the file that it answers in place of JSON. */
  readonly answersFile?: readonly Download["type"][];
  /** Missing: 204. */
  readonly output?: Out;
  /** Whether it makes something, which is answered 201. */
  readonly makes?: boolean;
  /** Whether the caller has to name the version that it has read. */
  readonly takesVersion?: boolean;
  /** Whether its answers have an ETag. */
  readonly hasVersion?: boolean;
  readonly canDryRun?: boolean;
  readonly work: (
    services: ApiServices,
    call: Call<Subject, z.output<Query>, z.output<Body>>,
  ) => Promise<Result<z.input<Out>>>;
}

/** What is left to check of a request once the caller is known. */
export interface ApiRequest {
  readonly by: ActingApplication;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly file: AsyncIterable<Uint8Array>;
  readonly versions: readonly string[] | null;
  readonly isDryRun: boolean;
  readonly attempt: Attempt;
}

export interface Answer {
  readonly status: number;
  /** Null: none. */
  readonly body: unknown;
  readonly version: string | null;
  readonly location: string | null;
  readonly download: Download | null;
}

/** An operation as the router and the documents see it. */
export interface Operation {
  readonly name: string;
  readonly method: Method;
  /** Such as `/offices/{office}/users`. */
  readonly path: string;
  readonly about: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly action: Action;
  /** Null: for people alone; every program is refused, and told why. */
  readonly scope: ApiScope | null;
  readonly query: z.ZodType | null;
  readonly body: z.ZodType | null;
  readonly output: z.ZodType | null;
  readonly takesFile: readonly string[];
  readonly answersFile: readonly Download["type"][];
  readonly status: 200 | 201 | 204;
  readonly takesVersion: boolean;
  readonly hasVersion: boolean;
  readonly canDryRun: boolean;
  /** Checks the permission, and finds what it is about; returns what is left to do. Throws a Problem. */
  readonly admit: (
    services: ApiServices,
    request: Pick<ApiRequest, "by" | "parameters">,
  ) => Promise<(request: ApiRequest) => Promise<Answer>>;
}

/** Puts an operation together. */
export function operation<
  Subject,
  Out extends z.ZodType = z.ZodNull,
  Query extends z.ZodType = z.ZodType<null>,
  Body extends z.ZodType = z.ZodType<null>,
>(definition: Definition<Subject, Query, Body, Out>): Operation {
  const { place, path = "", action, query, body, output } = definition;
  const { takesVersion = false, hasVersion = false, canDryRun = false } = definition;
  const { takesFile = [], answersFile = [] } = definition;
  const scope = SCOPE_OF[action];
  if (scope === null) {
    throw new Error(`${definition.name}: ${action} is for people alone.`);
  }
  return {
    ...{ name: definition.name, method: definition.method, about: definition.about, action, scope },
    path: `${place.path}${path}`,
    parameters: place.parameters,
    ...{ query: query ?? null, body: body ?? null, output: output ?? null },
    status: statusOf(definition),
    ...{ takesVersion, hasVersion, canDryRun, takesFile, answersFile },
    admit: (services, request) => admit(services, definition, request),
  };
}

/** What the console does and no program may: its address says so, instead of being none. */
export const forPeople = <Subject>({
  place,
  path = "",
  ...named
}: Pick<
  Definition<Subject, z.ZodType, z.ZodType, z.ZodType>,
  "name" | "method" | "place" | "path" | "about" | "action"
>): Operation => ({
  ...named,
  path: `${place.path}${path}`,
  parameters: place.parameters,
  ...{ scope: null, query: null, body: null, output: null, status: 204 },
  ...{ takesVersion: false, hasVersion: false, canDryRun: false, takesFile: [], answersFile: [] },
  admit: () => Promise.reject(new Problem("people-only")),
});

async function admit<Subject, Query extends z.ZodType, Body extends z.ZodType, Out extends z.ZodType>(
  services: ApiServices,
  definition: Definition<Subject, Query, Body, Out>,
  { by, parameters }: Pick<ApiRequest, "by" | "parameters">,
): Promise<(request: ApiRequest) => Promise<Answer>> {
  const { place, action } = definition;
  requireScope(by, action);
  const found = await place.find(services, by, parameters);
  if (found === null) {
    throw new Problem("not-found");
  }
  if (permit(by, action, found.target) !== "allowed") {
    throw new Problem("not-permitted");
  }
  return async (request) => {
    const query = readAs(definition.query, request.query);
    const body = readAs(definition.body, request.body);
    const result = await definition.work(services, { ...request, subject: found.subject, query, body });
    return answerOf(definition, result);
  };
}

type Answering<Out> = Pick<Definition<never, z.ZodType, z.ZodType, z.ZodType>, "makes" | "answersFile"> & {
  readonly output?: Out;
};

const statusOf = ({ output, makes = false, answersFile }: Answering<unknown>): 200 | 201 | 204 =>
  makes ? 201 : output === undefined && answersFile === undefined ? 204 : 200;

/** The output schema keeps everything out of the answer that the document does not promise. */
function answerOf<Out extends z.ZodType>(
  definition: Answering<Out>,
  { body, version, location, download }: Result<z.input<Out>>,
): Answer {
  const { output } = definition;
  return {
    status: statusOf(definition),
    body: output === undefined ? null : output.parse(body),
    download: download ?? null,
    version: version ?? null,
    location: location ?? null,
  };
}

/** Throws the problem that names the missing scope (RFC 6750 section 3.1). */
function requireScope(by: ActingApplication, action: Action): void {
  const scope = SCOPE_OF[action];
  if (scope === null || !by.scopes.includes(scope)) {
    const detail = scope === null ? "this is for people alone" : `this needs the scope ${scope}`;
    throw new Problem("insufficient-scope", { detail });
  }
}

/** The same for an action that depends on what the request changes. */
export function requirePermission(by: ActingApplication, action: Action, target: Target): void {
  requireScope(by, action);
  if (denialOf(by, action, target) !== null) {
    throw new Problem("not-permitted");
  }
}
