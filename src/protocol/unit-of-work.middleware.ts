import type { AuditStore } from "../domain/audit/audit-store.ts";
import type { OidcModelStore } from "./models/oidc-model-store.ts";
import { PageError } from "../kernel/errors.ts";
import { UnitOfWork, withWork } from "./models/unit-of-work.ts";
import type { Context, Handler } from "../platform/web/context.ts";
import { deviceOf } from "./device.ts";
import { dropAnswer } from "./oidc-fault.middleware.ts";

/**
 * Stores what a request has changed of oidc-provider's models, at once and before the response leaves. When a code or
 * token is already spent, or an interaction already answered, the prepared response is discarded.
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
        // Two tabs of a browser: the other one was first and got the response.
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
