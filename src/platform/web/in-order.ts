import type { RouterMiddleware } from "@koa/router";
import type { State } from "./context.ts";

type Middleware = RouterMiddleware<State>;

/** Several middlewares as one, so that a request which needs none of them passes a single one. */
export function inOrder(all: readonly Middleware[]): Middleware {
  return (ctx, next) => {
    const from = (index: number): unknown => {
      const middleware = all[index];
      return middleware === undefined ? next() : middleware(ctx, () => runFrom(index + 1));
    };
    const runFrom = async (index: number): Promise<void> => {
      await from(index);
    };
    return from(0);
  };
}
