import { PageError } from "../kernel/errors.ts";
import type { Handler } from "../platform/web/context.ts";
import type { ExpiredPageReturn } from "./expired-page-return.ts";

/** Gives every page that has expired its way back, whatever has found that it has. */
export function offerReturn(ways: ExpiredPageReturn): Handler {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (error instanceof PageError && error.kind === "expired" && error.startAgain === null) {
        throw new PageError("expired", { startAgain: await ways.find(ctx), cause: error });
      }
      throw error;
    }
  };
}
