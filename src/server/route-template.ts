import type { Context } from "../platform/web/context.ts";
import type { Programs } from "../platform/web/program-errors.ts";
import { ROUTES } from "../protocol/addresses.ts";

/** The addresses of oidc-provider that a browser opens. */
const LIBRARY: Readonly<Record<string, string>> = {
  authorization: ROUTES.authorization,
  resume: `${ROUTES.authorization}/:uid`,
  end_session: ROUTES.end_session,
  end_session_confirm: `${ROUTES.end_session}/confirm`,
  end_session_success: `${ROUTES.end_session}/success`,
  code_verification: ROUTES.code_verification,
  device_resume: `${ROUTES.code_verification}/:uid`,
};

/**
 * The template of the route that has answered. Never what was asked for: a path has ids in it, and a stranger could make up as many
 * as they like.
 */
export const routeTemplate =
  (programs: Programs) =>
  (ctx: Context): string => {
    const matched: unknown = Reflect.get(ctx, "_matchedRoute");
    if (typeof matched === "string") {
      return matched;
    }
    if (programs.has(ctx.path) || ctx.path === "/health/live" || ctx.path === "/health/ready") {
      return ctx.path;
    }
    if (ctx.path.startsWith("/assets/")) {
      return "/assets/:file";
    }
    const oidc: unknown = Reflect.get(ctx, "oidc");
    const name: unknown = typeof oidc === "object" && oidc !== null ? Reflect.get(oidc, "route") : undefined;
    return (typeof name === "string" ? LIBRARY[name] : undefined) ?? "other";
  };
