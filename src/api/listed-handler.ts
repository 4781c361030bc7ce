import type { Context, Handler } from "../platform/web/context.ts";
import { noStore } from "../platform/web/security-headers.ts";

/** A route, for the test that lists every one. */
export interface ListedRoute {
  readonly methods: string[];
  readonly path: string;
}

/** A handler that says which routes it has. */
export interface ListedHandler extends Handler {
  readonly routers: readonly { readonly stack: readonly ListedRoute[] }[];
}

interface Answering {
  readonly serve: (ctx: Context) => Promise<void>;
  readonly answerError: (ctx: Context, error: unknown) => void;
}

/** Answers every request below `root` for programs. Cookies mean nothing there, so no page of another site can use a session. */
export function handlerBelow(
  root: string,
  { serve, answerError }: Answering,
  stack: readonly ListedRoute[],
): ListedHandler {
  const handle: Handler = async (ctx, next) => {
    if (ctx.path !== root && !ctx.path.startsWith(`${root}/`)) {
      await next();
      return;
    }
    noStore(ctx);
    try {
      await serve(ctx);
    } catch (error) {
      answerError(ctx, error);
    }
  };
  return Object.assign(handle, { routers: [{ stack }] });
}
