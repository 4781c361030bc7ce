import { PageError } from "../../kernel/errors.ts";
import type { Handler } from "./context.ts";
import type { Programs } from "./program-errors.ts";

/**
 * Endpoints for programs have one spelling each. oidc-provider's router also takes `/TOKEN` and `/token/`, while middleware that
 * guards `/token` compares the path: another spelling would be served without the guard. Paths are case-sensitive (RFC 3986
 * section 6.2.2.1).
 */
export function exactAddresses(programs: Programs): Handler {
  return async (ctx, next) => {
    if (!programs.has(ctx.path) && programs.has(foldPath(ctx.path))) {
      throw new PageError("not-found");
    }
    await next();
  };
}

const foldPath = (path: string): string => path.toLowerCase().replace(/\/+$/, "");
