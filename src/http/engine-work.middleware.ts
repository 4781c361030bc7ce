import type { AuditStore } from "../audit/audit-store.ts";
import type { Clock } from "../kernel/clock.ts";
import type { EngineStore } from "../oidc/engine-store.ts";
import { UnitOfWork, withWork } from "../oidc/unit-of-work.ts";
import type { Context, Handler } from "./context.ts";

/**
 * Stores what a request changed of oidc-provider's models, all at once and before the answer leaves. When a code or
 * token turns out to be spent already, the answer that was prepared is thrown away.
 */
export function engineWork(store: EngineStore, audit: AuditStore, clock: Clock): Handler {
  return async (ctx, next) => {
    const work = new UnitOfWork(store, clock);
    await withWork(work, async () => {
      await next();
    });
    if (!(await work.commit())) {
      refuseReuse(ctx);
      await audit.addAlone({
        type: "token.reused",
        outcome: "alarm",
        officeId: null,
        actor: "visitor",
        visitor: ctx.state.visitor,
      });
    }
  };
}

/** RFC 6749 section 5.2. Cookies that the prepared answer would have set go as well. */
function refuseReuse(ctx: Context): void {
  ctx.remove("Location");
  ctx.remove("Set-Cookie");
  ctx.status = 400;
  ctx.set("Cache-Control", "no-store");
  ctx.body = { error: "invalid_grant", error_description: "grant request is invalid" };
}
