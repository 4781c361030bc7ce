import type { EventEmitter } from "node:events";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { Log } from "../kernel/log.ts";
import { isVisitor } from "./engine-events.ts";

const EVENTS = [
  "authorization.error",
  "pushed_authorization_request.error",
  "grant.error",
  "userinfo.error",
  "introspection.error",
  "revocation.error",
  "end_session.error",
  "backchannel.error",
];

/**
 * Logs which application sent what wrong, with the detail that its developer is not told, so that support can help
 * without asking. Never a parameter's value.
 */
export function logRefusals(provider: Provider, log: Log): void {
  const events: EventEmitter = provider;
  for (const event of EVENTS) {
    events.on(event, (ctx: KoaContextWithOIDC, error: unknown) => {
      const visitor: unknown = ctx.state["visitor"];
      log.info(
        {
          application: ctx.oidc?.client?.clientId ?? null,
          address: ctx.path.startsWith("/authorize/") ? "/authorize/:uid" : ctx.path,
          ...whatOf(error),
          requestId: isVisitor(visitor) ? visitor.requestId : null,
        },
        "an application's request was refused",
      );
    });
  }
}

function whatOf(error: unknown): Record<string, string | null> {
  const member = (name: string) => {
    const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : null;
    return typeof value === "string" ? value : null;
  };
  return {
    refusal: member("error") ?? member("message"),
    description: member("error_description"),
    detail: member("error_detail"),
  };
}
