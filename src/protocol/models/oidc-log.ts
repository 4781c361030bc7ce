import type { EventEmitter } from "node:events";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { Log } from "../../kernel/log.ts";
import { describeError } from "../error-descriptions.ts";
import { trueFault } from "../requests/true-fault.ts";
import { refusedAddress } from "../requests/refused-address.ts";
import { isVisitor } from "./oidc-events.ts";

const EVENTS = [
  "authorization.error",
  "pushed_authorization_request.error",
  "device_authorization.error",
  "grant.error",
  "userinfo.error",
  "introspection.error",
  "revocation.error",
  "end_session.error",
];

/**
 * Logs which application sent an invalid request, with details that the response does not reveal, so that support can
 * help its developer. Of the parameters it logs the value of one alone: an address that is not registered.
 */
export function logRefusals(provider: Provider, log: Log): void {
  const events: EventEmitter = provider;
  const latest = new WeakMap<object, unknown>();
  for (const event of EVENTS) {
    events.on(event, (ctx: KoaContextWithOIDC, error: unknown) => {
      const isFirst = !latest.has(ctx.req);
      latest.set(ctx.req, error);
      if (isFirst) {
        // A wrong redirect_uri replaces another fault of its request: the library emits both, at once, and answers the latter.
        queueMicrotask(() => {
          logRefusal(log, ctx, trueFault(ctx, latest.get(ctx.req)));
        });
      }
    });
  }
}

function logRefusal(log: Log, ctx: KoaContextWithOIDC, error: unknown): void {
  const visitor: unknown = ctx.state["visitor"];
  log.warn(
    {
      application: ctx.oidc?.client?.clientId ?? null,
      endpoint: ctx.path.startsWith("/authorize/") ? "/authorize/:uid" : ctx.path,
      ...describeRefusal(error),
      ...describeAddress(ctx),
      requestId: isVisitor(visitor) ? visitor.requestId : null,
    },
    "an application's request was refused",
  );
}

function describeRefusal(error: unknown) {
  const cause = memberOf(error, "cause");
  const refusal = textOf(error, "error") ?? textOf(error, "message");
  const description = textOf(error, "error_description");
  return {
    refusal,
    // In the words of the answer, so that a developer's question and the log can be laid side by side.
    description: describeError(refusal ?? "", description ?? undefined) ?? null,
    detail: textOf(error, "error_detail"),
    // For example keys that could not be fetched, where the detail is only a code.
    cause: textOf(cause, "error_description"),
  };
}

/** The address that came, and the registered one that is nearest: which of them is mistyped is for the operator to see. */
function describeAddress(ctx: KoaContextWithOIDC) {
  const refused = refusedAddress(ctx, { isDevelopment: true });
  return refused === null
    ? {}
    : {
        sentAddress: refused.sent,
        nearestAddress: refused.nearest?.address ?? null,
        difference: refused.nearest?.difference ?? null,
      };
}

const memberOf = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? Reflect.get(of, name) : null;

function textOf(of: unknown, name: string): string | null {
  const value = memberOf(of, name);
  return typeof value === "string" ? value : null;
}
