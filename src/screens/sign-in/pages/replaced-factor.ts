import type { AcceptedCode, CodeResult } from "../../../domain/factors/code-try.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import type { AccessStore } from "../../../protocol/models/access-store.ts";
import type { PageName } from "../journey.ts";
import type { PageContext, PageOutcome } from "../page.ts";
import type { FactType } from "../sign-in-state.ts";
import { codeOutcome, contactOf } from "./code-outcome.ts";

export interface ReplacedFactorDeps {
  readonly access: AccessStore;
}

/**
 * The outcome of a first code. One that replaces a factor ends every other session and all trust, as it does on the account
 * page: a thief who has the lost phone may have signed in with it. The sign-in goes on, because its fact counts from the
 * second after.
 */
export function enrolOutcome(
  deps: ReplacedFactorDeps,
  context: PageContext,
  {
    result,
    replaces,
    page,
  }: {
    readonly result: CodeResult;
    readonly replaces: boolean;
    readonly page: { readonly name: PageName; readonly field: string; readonly fact: FactType };
  },
): PageOutcome {
  if (!replaces || result.type !== "accepted") {
    return codeOutcome(context, result, page);
  }
  const second = epochSeconds(now());
  return codeOutcome(context, endingOthers(deps, context, { result, second }), { ...page, at: second + 1 });
}

/** An older session of this very browser goes on too: oidc-provider ends a sign-in whose browser has lost its session. */
function endingOthers(
  { access }: ReplacedFactorDeps,
  context: PageContext,
  { result, second }: { readonly result: AcceptedCode; readonly second: number },
): AcceptedCode {
  const { id } = contactOf(context);
  const kept = { uid: context.interaction.sessionUid ?? "", grantIds: [] };
  const since = new Date(second * 1000);
  return {
    ...result,
    record: async (tx) => {
      await result.record(tx);
      await access.endOthers(tx, id, kept, since);
      await access.endTrustedBrowserSessions(tx, id, since);
    },
  };
}
