import type { EventEmitter } from "node:events";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { isOwnApplication } from "../../domain/applications/own-application.ts";
import type { RefusalStore } from "../../domain/applications/refusal-store.ts";
import { now, stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { Signal } from "../../kernel/signal.ts";
import { isVisitor } from "../models/oidc-events.ts";
import { isMistake, refusedRequest, type RefusedRequest } from "./refusal.ts";
import { RefusalBudget } from "./refusal-budget.ts";
import { trueFault } from "./true-fault.ts";

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

/** A request of an application was refused. */
export const requestRefused = new Signal<Pick<RefusedRequest, "endpoint" | "refusal">>();

interface Deps {
  readonly log: Log;
  readonly applications: Pick<ApplicationStore, "find">;
  readonly store: Pick<RefusalStore, "note">;
}

/**
 * Tells operators and developers which application sent a wrong request, what was wrong and what to send instead: at `warn` in the log,
 * and on the application's page in the console. The details that the response does not reveal are there too.
 */
export class RefusedRequests {
  readonly #deps: Deps;
  readonly #budget = new RefusalBudget();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Follows the refusals of oidc-provider. */
  watch(provider: Provider): void {
    const events: EventEmitter = provider;
    const latest = new WeakMap<object, unknown>();
    for (const event of EVENTS) {
      events.on(event, (ctx: KoaContextWithOIDC, error: unknown) => {
        const isFirst = !latest.has(ctx.req);
        latest.set(ctx.req, error);
        if (isFirst) {
          // A wrong redirect_uri replaces another fault of its request: the library emits both, at once, and answers the latter.
          queueMicrotask(() => {
            const visitor: unknown = ctx.state["visitor"];
            const requestId = isVisitor(visitor) ? visitor.requestId : null;
            const known = ctx.oidc?.client?.clientId ?? null;
            this.note(refusedRequest(ctx, trueFault(ctx, latest.get(ctx.req))), requestId, known);
          });
        }
      });
    }
  }

  /**
   * Notes a refusal, unless it is an ordinary answer or too many like it came; those are in the log at `info`. `known`: the application
   * that was found. All client ids that name none count as one, or a stranger who makes them up would hide every other refusal.
   */
  note(request: RefusedRequest, requestId: string | null, known: string | null = null): void {
    const { log } = this.#deps;
    const { application, endpoint, refusal, description, detail, sentAddress } = request;
    requestRefused.emit({ endpoint, refusal });
    const what = JSON.stringify([application, endpoint, refusal, description, detail, sentAddress]);
    if (isMistake(request) && this.#budget.take(known ?? "", what, stopwatch())) {
      log.warn({ ...request, requestId }, "an application's request was refused");
      this.#keep(request).catch((error: unknown) => {
        log.warn({ error }, "a refused request is missing in the console");
      });
    } else {
      log.info({ ...request, requestId }, "an application's request was refused");
    }
  }

  async #keep(request: RefusedRequest): Promise<void> {
    const { application: id, endpoint, refusal, description, detail, cause, sentAddress } = request;
    const application = id === null || isOwnApplication(id) ? null : await this.#deps.applications.find(id);
    if (application !== null) {
      const kept = {
        endpoint,
        error: refusal ?? "",
        description: description ?? "",
        detail: cause ?? sentAddress ?? detail ?? "",
      };
      await this.#deps.store.note(application, kept, now());
    }
  }
}
