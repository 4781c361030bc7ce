import { API_PATH } from "../domain/applications/own-application.ts";
import type { ActingApplication } from "../domain/access/actor.ts";
import type { Log } from "../kernel/log.ts";
import { randomKey, randomToken } from "../kernel/random.ts";
import type { Context } from "../platform/web/context.ts";
import { sendDownload } from "../platform/web/download.ts";
import type { CheckedClock } from "../platform/web/right-clock.middleware.ts";
import { answerProblem, problemOf } from "./answer-problem.ts";
import type { ApiCallers } from "./api-caller.ts";
import { readDryRun, readFile, readJson, readKey, readQuery } from "./api-request.ts";
import type { ApiServices } from "./api-services.ts";
import { isKnown, readVersions } from "./conditions.ts";
import type { Attempt, IdempotencyStore, RequestKey, TryBegin } from "./idempotency-store.ts";
import { handlerBelow, type ListedHandler } from "./listed-handler.ts";
import type { Answer, ApiRequest, Method, Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { Problem, PROBLEMS } from "./problem.ts";
import { findAddress } from "./router.ts";
import { textOrNull } from "../kernel/unknown-value.ts";

export interface ApiDeps {
  readonly services: ApiServices;
  readonly callers: ApiCallers;
  readonly requests: IdempotencyStore;
  readonly clock: CheckedClock;
  readonly log: Log;
  /** The OpenAPI document, as JSON. */
  readonly document: string;
}

/** Everything below it is an answer for programs. */
const ROOT = "/api";
const DOCUMENT = `${API_PATH}/openapi.json`;

/** Answers every request below /api. */
export function apiHandler(deps: ApiDeps): ListedHandler {
  const stack = OPERATIONS.map(({ method, path }) => ({
    methods: [method],
    path: `${API_PATH}${path.replace(/\{(\w+)\}/g, ":$1")}`,
  }));
  const answerError = (ctx: Context, error: unknown): void => {
    answerProblem(ctx, problemOf(error), { error, log: deps.log });
  };
  return handlerBelow(ROOT, { serve: (ctx) => serve(deps, ctx), answerError }, [
    { methods: ["GET"], path: DOCUMENT },
    ...stack,
  ]);
}

async function serve(deps: ApiDeps, ctx: Context): Promise<void> {
  if (!(await deps.clock.isRight())) {
    throw new Problem("unavailable", { headers: { "Retry-After": "30" } });
  }
  if (ctx.path === DOCUMENT) {
    serveDocument(ctx, deps.document);
    return;
  }
  const by = await deps.callers.admit(ctx);
  const found = findAddress(ctx.path);
  if (found === null) {
    throw new Problem("not-found");
  }
  const method = METHODS.get(ctx.method);
  const operation = method === undefined ? undefined : found.operations.get(method);
  if (operation === undefined) {
    throw wrongMethod([...found.operations.keys()]);
  }
  const work = await operation.admit(deps.services, { by, parameters: found.parameters });
  const query = readQuery(ctx, operation);
  const { value: body, text } = await readJson(ctx, operation);
  const versions = readVersions(ctx, operation);
  const isDryRun = readDryRun(ctx, operation);
  const key = readKey(ctx, operation);
  const file = readFile(ctx, operation);
  const request = { by, parameters: found.parameters, query, body, file, versions, isDryRun };
  const run = (attempt: Attempt): Promise<Answer> => work({ ...request, attempt });
  if (key === null || isDryRun) {
    answer(ctx, operation, { answered: await run(newAttempt()), isDryRun });
    return;
  }
  const content = JSON.stringify([ctx.method, ctx.path, query, text]);
  await once(deps, ctx, { operation, run, request: { ...keyOf(by), key, content } });
}

const newAttempt = (): Attempt => ({ token: randomToken(15), seed: randomKey(32) });

const METHODS: ReadonlyMap<string, Method> = new Map([
  ["GET", "GET"],
  ["HEAD", "GET"],
  ["POST", "POST"],
  ["PUT", "PUT"],
  ["PATCH", "PATCH"],
  ["DELETE", "DELETE"],
]);

const keyOf = ({ id, officeId }: ActingApplication) => ({ applicationId: id, officeId });

interface Keyed {
  readonly operation: Operation;
  readonly run: (attempt: ApiRequest["attempt"]) => Promise<Answer>;
  readonly request: RequestKey;
}

/** A request with a key: a repetition gets the first answer, and has no second effect. */
async function once({ requests }: ApiDeps, ctx: Context, { operation, run, request }: Keyed): Promise<void> {
  const begun = await requests.begin(request);
  switch (begun.type) {
    case "answered":
      ctx.set("Idempotency-Replayed", "true");
      answer(ctx, operation, { answered: fromKept(operation, begun.answer), isDryRun: false });
      return;
    case "running":
      throw new Problem("request-in-progress", { headers: { "Retry-After": "1" } });
    case "other":
      throw new Problem("key-reused");
    case "lost":
      throw new Problem("not-possible-now", { detail: "it was done; the answer cannot be read any more" });
    case "new": {
      const answered = await run(begun.attempt).catch(async (error: unknown) => {
        await giveBack(requests, { request, begunAt: begun.begunAt }, error);
        throw error;
      });
      await requests.keep(request, { ...answered });
      answer(ctx, operation, { answered, isDryRun: false });
    }
  }
}

/** What an error leaves of the key. */
async function giveBack(
  requests: IdempotencyStore,
  { request, begunAt }: { readonly request: RequestKey; readonly begunAt: TryBegin },
  error: unknown,
): Promise<void> {
  const { code, wasDone } = problemOf(error);
  if (PROBLEMS[code].status < 500 && !wasDone) {
    // Nothing was done: the key is free for the request that is mended.
    await requests.forget(request, begunAt);
    return;
  }
  // It was done, or may have been, so the key stays that of this request, which may be tried again. Where the database fails here too, after a minute.
  await requests.endTry(request, begunAt).catch(() => undefined);
}

const fromKept = ({ status }: Operation, kept: Readonly<Record<string, unknown>>): Answer => ({
  status,
  body: kept["body"] ?? null,
  version: textOrNull(kept["version"]),
  location: textOrNull(kept["location"]),
  download: null,
});

function answer(
  ctx: Context,
  operation: Operation,
  { answered, isDryRun }: { readonly answered: Answer; readonly isDryRun: boolean },
): void {
  const { status, body, version, location, download } = answered;
  ctx.status = status;
  if (isDryRun) {
    ctx.set("Preference-Applied", "dry-run");
  }
  if (operation.hasVersion && version !== null) {
    ctx.set("ETag", `"${version}"`);
    if (isKnown(ctx, operation, version)) {
      ctx.status = 304;
      return;
    }
  }
  if (location !== null) {
    ctx.set("Location", `${API_PATH}${location}`);
  }
  if (download !== null) {
    sendDownload(ctx, download);
    return;
  }
  if (status === 204) {
    ctx.body = null;
    return;
  }
  ctx.type = "application/json; charset=utf-8";
  ctx.body = JSON.stringify(body);
}

function serveDocument(ctx: Context, document: string): void {
  if (METHODS.get(ctx.method) !== "GET") {
    throw wrongMethod(["GET"]);
  }
  ctx.type = "application/json; charset=utf-8";
  ctx.body = document;
}

const wrongMethod = (methods: readonly Method[]): Problem => {
  const allowed = methods.flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each]));
  return new Problem("method-not-allowed", { headers: { Allow: allowed.join(", ") } });
};
