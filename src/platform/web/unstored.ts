import type { Context } from "./context.ts";

/** A page that no browser and no proxy keeps. */
export function unstored<C extends Context>(ctx: C): C {
  ctx.set("Cache-Control", "no-store");
  return ctx;
}
