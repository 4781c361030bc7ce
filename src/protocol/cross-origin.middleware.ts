import { statusOf } from "../kernel/errors.ts";
import type { Context, Handler } from "../platform/web/context.ts";
import { kindOfError } from "../platform/web/error-kind.ts";
import { ROUTES } from "./addresses.ts";
import { originsOf } from "./clients/client-metadata.ts";
import { memberOf } from "../kernel/unknown-value.ts";

interface Deps {
  readonly applications: {
    /** The origins that any application has registered. */
    corsOrigins(): Promise<ReadonlySet<string>>;
  };
}

/** Endpoints that answer for one application. Discovery and keys are public: scripts of every origin may read them. */
const OF_ONE_APPLICATION: ReadonlySet<string> = new Set([
  ROUTES.token,
  ROUTES.userinfo,
  ROUTES.introspection,
  ROUTES.revocation,
  ROUTES.pushed_authorization_request,
  ROUTES.device_authorization,
]);

const PREFIX = "access-control-";

interface Answer extends Deps {
  /** Whether the server could not serve the request. */
  readonly isFault: boolean;
}

/**
 * Decides which origins may read an answer. oidc-provider repeats the origin of every request until it knows the
 * application, and refuses foreign origins only then: preflights, unknown applications and unknown tokens would be
 * answered to the script of any site. Credentials are never allowed.
 */
export function registeredOrigins({ applications }: Deps): Handler {
  return async (ctx, next) => {
    if (!OF_ONE_APPLICATION.has(ctx.path)) {
      await next();
      return;
    }
    let isFault = false;
    try {
      await next();
      isFault = ctx.status >= 500;
    } catch (error) {
      isFault = statusOf(kindOfError(error)) >= 500;
      throw error;
    } finally {
      await keepForRegistered(ctx, { applications, isFault });
    }
  };
}

/** The headers go first, so that a fault in between leaves none. */
async function keepForRegistered(ctx: Context, deps: Answer): Promise<void> {
  // The names alone are cheaper than a copy of all headers, and most requests come from servers.
  const given = ctx.res
    .getHeaderNames()
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => [name, ctx.response.get(name)] as const);
  given.forEach(([name]) => {
    ctx.remove(name);
  });
  const origin = ctx.get("Origin");
  if (given.length === 0 || origin === "" || !(await mayRead(ctx, origin, deps))) {
    return;
  }
  given.forEach(([name, value]) => {
    ctx.set(name, value);
  });
}

/**
 * Without an application, two kinds of answers are for the origins that any application has registered: to a preflight,
 * which names no application, and that a token is unknown at userinfo, where only the token names one. A fault of ours
 * says nothing about any application, and scripts could not tell it from a broken network.
 */
async function mayRead(ctx: Context, origin: string, { applications, isFault }: Answer): Promise<boolean> {
  const client = clientOf(ctx);
  if (client !== undefined) {
    return originsOf(client).includes(origin);
  }
  const isForAnyApplication = ctx.method === "OPTIONS" || ctx.path === ROUTES.userinfo;
  return isFault || (isForAnyApplication && (await applications.corsOrigins()).has(origin));
}

/** The application of the request, once oidc-provider has found it. */
function clientOf(ctx: Context): Readonly<Record<string, unknown>> | undefined {
  const oidc: unknown = "oidc" in ctx ? ctx["oidc"] : undefined;
  const entities = memberOf(oidc, "entities");
  const client = memberOf(entities, "Client");
  return typeof client === "object" && client !== null ? { ...client } : undefined;
}
