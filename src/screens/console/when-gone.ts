import type { RouterContext } from "@koa/router";
import { isNotFound } from "../../kernel/errors.ts";
import type { State } from "../../platform/web/context.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { ConsoleAccess } from "./console-access.ts";
import type { ConsolePage } from "./page.ts";
import type { ConsoleResponses } from "./responses.ts";

interface Deps {
  readonly access: ConsoleAccess;
  readonly responses: ConsoleResponses;
}

interface Sent {
  readonly page: ConsolePage;
  readonly fields: Fields;
  readonly work: () => Promise<void>;
}

/**
 * Does the work of a form. Returns where the form leads when its thing is gone and the page says that this was the wish
 * (`PageOf.whenGone`); else null.
 */
export async function addressIfGone(
  deps: Deps,
  ctx: RouterContext<State>,
  { work, ...form }: Sent,
): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    const to = isNotFound(error) ? await addressOf(deps, ctx, form) : null;
    if (to === null) {
      throw error;
    }
    return to;
  }
}

async function addressOf(
  { access, responses }: Deps,
  ctx: RouterContext<State>,
  { page, fields }: Omit<Sent, "work">,
): Promise<string | null> {
  const caller = page.whenGone === undefined ? null : await access.caller(ctx);
  if (caller?.type !== "staff" || !responses.isOwn(ctx, fields, caller.session)) {
    return null;
  }
  const gone = page.whenGone?.({ params: ctx.params, actor: caller.actor }) ?? null;
  return gone?.type === "done" ? responses.doneAddress(gone.to, page, caller) : (gone?.to ?? null);
}
