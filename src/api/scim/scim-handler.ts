import type { ScimRefusalStore } from "../../domain/provisioning/scim-refusal-store.ts";
import { statusOf } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { Context } from "../../platform/web/context.ts";
import { logFault, toPageError } from "../../platform/web/errors.middleware.ts";
import type { CheckedClock } from "../../platform/web/right-clock.middleware.ts";
import { handlerBelow, type ListedHandler } from "../listed-handler.ts";
import type { ScimCallers } from "./scim-caller.ts";
import { errorBody, ScimError, unknownResource } from "./scim-error.ts";
import { readBody, readCondition, readProjection, readQuery, type ScimAnswer } from "./scim-request.ts";
import { findRoute, ROUTE_LIST, SCIM_PATH, type Route } from "./scim-routes.ts";
import type { ScimServices } from "./scim-services.ts";

export interface ScimDeps {
  readonly issuer: string;
  readonly services: ScimServices;
  readonly callers: ScimCallers;
  readonly refusals: Pick<ScimRefusalStore, "add">;
  readonly clock: CheckedClock;
  readonly log: Log;
}

/** Everything below it is an answer for directories. */
const ROOT = "/scim";

/** Answers every request below /scim. */
export const scimHandler = (deps: ScimDeps): ListedHandler =>
  handlerBelow(
    ROOT,
    {
      serve: (ctx) => serve(deps, ctx),
      answerError: (ctx, error) => {
        answerError(deps, ctx, error);
      },
    },
    ROUTE_LIST,
  );

async function serve(deps: ScimDeps, ctx: Context): Promise<void> {
  if (!(await deps.clock.isRight())) {
    throw new ScimError(503, "The server cannot answer at the moment.", { headers: { "Retry-After": "30" } });
  }
  const directory = await deps.callers.admit(ctx);
  try {
    const { route, id } = routeOf(ctx);
    const query = readQuery(ctx);
    const request = {
      ...directory,
      ...{ root: `${deps.issuer}${SCIM_PATH}`, id, query, projection: readProjection(query) },
      body: route.hasBody ? await readBody(ctx) : null,
      ifMatch: readCondition(ctx, "If-Match"),
      ifNoneMatch: readCondition(ctx, "If-None-Match"),
    };
    answer(ctx, await route.work(deps.services, request));
  } catch (error) {
    const refused = scimErrorOf(error);
    if (!isFault(refused)) {
      const { method, path } = ctx;
      const { status, detail } = refused;
      await deps.refusals.add(directory.office.id, { method, path, status, detail });
    }
    throw error;
  }
}

function routeOf({ path, method }: Context): { readonly route: Route; readonly id: string } {
  const found = findRoute(path);
  if (found === null) {
    throw unknownResource();
  }
  const asked = method === "HEAD" ? "GET" : method;
  const route = found.routes.find((each) => each.method === asked);
  if (route === undefined) {
    const allowed = found.routes.map((each) => (each.method === "GET" ? "GET, HEAD" : each.method));
    throw new ScimError(405, "This address has other methods.", { headers: { Allow: allowed.join(", ") } });
  }
  return { route, id: found.id };
}

const MEDIA_TYPE = "application/scim+json; charset=utf-8";

function answer(ctx: Context, { status, body, version, location }: ScimAnswer): void {
  ctx.status = status;
  if (version !== undefined) {
    ctx.set("ETag", version);
  }
  if (location !== undefined) {
    ctx.set(status === 201 ? "Location" : "Content-Location", location);
  }
  ctx.body = body === null ? null : JSON.stringify(body);
  if (body !== null) {
    ctx.type = MEDIA_TYPE;
  }
}

/** Whether the operator has to look at it. What is not supported (501) is not, however often it is asked for. */
const isFault = ({ status }: ScimError): boolean => status >= 500 && status !== 501;

/** Any error as one of SCIM; what it does not name is a fault of ours. */
function scimErrorOf(error: unknown): ScimError {
  if (error instanceof ScimError) {
    return error;
  }
  const { kind, retryAfter } = toPageError(error);
  switch (statusOf(kind)) {
    case 413:
      return new ScimError(413, "The body is too large.", { cause: error });
    case 503: {
      const headers = { "Retry-After": String(retryAfter ?? 5) };
      return new ScimError(503, "The server cannot answer at the moment.", { cause: error, headers });
    }
    case 500:
      return new ScimError(500, "The server met a fault that its operator has to look at.", { cause: error });
    default:
      return new ScimError(400, "The request cannot be read.", { scimType: "invalidSyntax", cause: error });
  }
}

function answerError({ log }: ScimDeps, ctx: Context, error: unknown): void {
  const refused = scimErrorOf(error);
  if (isFault(refused)) {
    logFault(log, ctx, { error, fault: toPageError(error) });
  }
  ctx.status = refused.status;
  ctx.set(refused.headers);
  ctx.body = JSON.stringify(errorBody(refused));
  ctx.type = MEDIA_TYPE;
}
