import type { AuditStore } from "../domain/audit/audit-store.ts";
import type { OidcModelStore } from "./models/oidc-model-store.ts";
import { PageError } from "../kernel/errors.ts";
import { UnitOfWork, withWork } from "./models/unit-of-work.ts";
import type { Context, Handler } from "../platform/web/context.ts";
import { deviceOf } from "./device.ts";
import { dropAnswer } from "./oidc-fault.middleware.ts";

/**
 * Stores what a request changed of oidc-provider's models, all at once and before the answer leaves. When a code or
 * token turns out to be spent already, or a sign-in to be answered, the answer that was prepared is thrown away.
 */
export function unitOfWork(store: OidcModelStore, audit: AuditStore): Handler {
  return async (ctx, next) => {
    const work = new UnitOfWork(store, () => deviceOf(ctx));
    await withWork(work, async () => {
      await next();
    });
    const isStored = await work.commit().catch((error: unknown) => {
      dropAnswer(ctx);
      throw error;
    });
    if (!isStored) {
      dropAnswer(ctx);
      if (ctx.method === "GET") {
        // A browser with two tabs: the other one was first, and has the answer.
        throw new PageError("expired");
      }
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

/** RFC 6749 section 5.2. */
function refuseReuse(ctx: Context): void {
  ctx.status = 400;
  ctx.set("Cache-Control", "no-store");
  ctx.body = { error: "invalid_grant", error_description: "grant request is invalid" };
}
