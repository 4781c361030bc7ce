import type { AuditStore } from "../domain/audit/audit-store.ts";
import type { OidcModelStore } from "./models/oidc-model-store.ts";
import { PageError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { reportReuse } from "./models/reuse-report.ts";
import { UnitOfWork, withWork, type Refusal } from "./models/unit-of-work.ts";
import type { Context, Handler } from "../platform/web/context.ts";
import { deviceOf } from "./user-agent.ts";
import { dropAnswer } from "./oidc-fault.middleware.ts";

interface Deps {
  readonly oidcModels: OidcModelStore;
  readonly audit: AuditStore;
  readonly log: Pick<Log, "warn">;
}

/**
 * Stores what a request has changed of oidc-provider's models, at once and before the response leaves. When a code or
 * token is already spent, or an interaction already answered, the prepared response is discarded.
 */
export function unitOfWork(deps: Deps): Handler {
  return async (ctx, next) => {
    const work = new UnitOfWork(deps.oidcModels, {
      device: () => deviceOf(ctx),
      signInHome: () => ctx.state.signInHome,
    });
    await withWork(work, async () => {
      await next();
    });
    if (ctx.status >= 400) {
      work.keepRefreshToken();
    }
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
      refuse(ctx);
      await report(deps, ctx, work);
    }
  };
}

/** RFC 6749 section 5.2. */
function refuse(ctx: Context): void {
  ctx.status = 400;
  ctx.set("Cache-Control", "no-store");
  ctx.body = { error: "invalid_grant", error_description: "grant request is invalid" };
}

async function report(deps: Deps, ctx: Context, work: UnitOfWork): Promise<void> {
  const { visitor } = ctx.state;
  const { reason, spent } = work.refusal ?? NO_REASON;
  const accountId = spent?.accountId ?? null;
  const applicationId = spent?.applicationId ?? null;
  if (reason === "ended meanwhile") {
    // No thief: the access was revoked, or its user signed out everywhere, while the request was under way.
    deps.log.warn(
      { application: applicationId, subject: accountId, requestId: visitor?.requestId ?? null },
      "a code or token was ended while it was redeemed",
    );
    return;
  }
  if (spent === null) {
    // Anyone can push requests for a public application, each proof in two of them: alarms for those would bury the others.
    deps.log.warn(
      { requestId: visitor?.requestId ?? null },
      "two requests at the same moment had one proof, and one was refused",
    );
    return;
  }
  const what = reason === "reused" ? spent.kind : "proof";
  const officeId = accountId === null ? null : (work.account(accountId)?.office.id ?? null);
  await reportReuse(deps, { what, applicationId, accountId, officeId, visitor });
}

const NO_REASON: Refusal = { reason: "a proof twice", spent: null };
