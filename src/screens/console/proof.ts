import { PROOF_MINUTES, type Proof } from "../../domain/access/permissions.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { Context } from "../../platform/web/context.ts";
import type { StepUp } from "../../platform/web/step-up.ts";
import type { ConsoleContext } from "./page.ts";

/** `proof`: what sending the form of this page needs; null on a page to look at. */
export type Proving<Context extends ConsoleContext> = Context & { readonly proof: Proof | null };

/** What hands an account or an office over, wherever a form does so. */
export const GRAVE: Proof = "stepped-up";

/** To look, staff need a second factor alone, whatever the policy of their office. */
export const DEMAND = { needsFactor: true, minutes: null } as const;

/** Where a caller whose proof is too old has to prove it again; null for all others. */
export function proofAddress(
  stepUp: StepUp,
  ctx: Context,
  { session, proof }: Proving<ConsoleContext>,
): string | null {
  const demand = { ...DEMAND, minutes: proof === null ? null : PROOF_MINUTES[proof] };
  return stepUp.isFresh(session, epochSeconds(now()), demand)
    ? null
    : stepUp.stepUpAddress(ctx, session, demand);
}
