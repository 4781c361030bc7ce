import type { Log } from "../../kernel/log.ts";
import { Work } from "../../kernel/work.ts";
import { stopwatch } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import { DEFAULT_TIME_ZONE } from "../../kernel/time-zone.ts";
import { randomToken } from "../../kernel/random.ts";
import { addressGroup, plainAddress } from "./address.ts";
import type { Context, Handler } from "./context.ts";
import { safePath } from "./errors.middleware.ts";

/** A request, for those who count and trace: nothing of its address but the template of its route. */
interface SeenRequest {
  readonly method: string;
  readonly traceparent: string;
  /** Asked when the request was answered. */
  readonly route: () => string;
  readonly status: () => number;
}

export const requestWork = new Work<SeenRequest>();

/** Gives each request an id, determines the client's address, and logs the response in one line. */
export function requests(log: Log, routeOf: (ctx: Context) => string): Handler {
  return async (ctx, next) => {
    const started = stopwatch();
    // When a proxy reports no address (`unknown`), the proxy's own address counts, so that rate limits still apply.
    const address = plainAddress(ctx.ip) ?? plainAddress(ctx.socket.remoteAddress ?? "") ?? "0.0.0.0";
    const requestId = randomToken(9);
    ctx.state.requestId = requestId;
    ctx.state.language = DEFAULT_LANGUAGE;
    ctx.state.zone = { name: DEFAULT_TIME_ZONE, isNamed: true };
    ctx.state.signInHome = null;
    ctx.state.helper = "office";
    ctx.state.asksForHelp = null;
    ctx.state.visitor = { address, addressGroup: addressGroup(address), requestId };
    await (requestWork.isWatched ? requestWork.run(seenOf(ctx, routeOf), next) : next());
    if (log.isLevelEnabled("info")) {
      const milliseconds = Math.round(stopwatch() - started);
      const { method, status } = ctx;
      log.info({ requestId, method, path: safePath(ctx), status, milliseconds, address }, "request");
    }
  };
}

const seenOf = (ctx: Context, routeOf: (ctx: Context) => string): SeenRequest => ({
  method: ctx.method,
  traceparent: ctx.get("traceparent"),
  route: () => routeOf(ctx),
  status: () => ctx.status,
});
