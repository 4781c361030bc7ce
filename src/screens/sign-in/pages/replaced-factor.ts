import { isEnrolling, type EnrollingCode, type CodeResult } from "../../../domain/factors/code-try.ts";
import { FACTOR_KINDS } from "../../../domain/factors/factor.ts";
import type { MethodSwitch } from "../../../domain/factors/method-switch.ts";
import type { RecoveryCodeStore } from "../../../domain/factors/recovery-code-store.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import type { Queryable } from "../../../platform/database/database.ts";
import type { SessionOverviewStore } from "../../../protocol/models/session-overview-store.ts";
import { isReplacingLost } from "../journey.ts";
import type { PageContext, PageOutcome } from "../page.ts";
import type { FactType } from "../sign-in-state.ts";
import { codeOutcome, contactOf, type CodePage } from "./code-outcome.ts";

export interface ReplacedFactorDeps {
  readonly access: SessionOverviewStore;
  readonly methods: MethodSwitch;
  readonly recoveryCodes: RecoveryCodeStore;
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
    readonly page: CodePage;
  },
): PageOutcome {
  if (result.type !== "accepted" || !isEnrolling(result)) {
    return codeOutcome(context, result, page);
  }
  const asked = askingToSave(deps, context, result);
  if (!replaces) {
    return codeOutcome(context, asked, page);
  }
  const second = epochSeconds(now());
  const replaced = endingLost(deps, context, { result: asked, fact: page.fact });
  const ending = endingOthers(deps, context, { result: replaced, second });
  return codeOutcome(context, ending, { ...page, at: second + 1 });
}

const andThen = (result: EnrollingCode, work: (tx: Queryable) => Promise<void>): EnrollingCode => ({
  ...result,
  effect: {
    ...result.effect,
    record: async (tx) => {
      await result.effect.record(tx);
      await work(tx);
    },
  },
});

/** A user who closes the browser before the codes are shown is asked at the next sign-in. */
const askingToSave = (
  { recoveryCodes }: ReplacedFactorDeps,
  context: PageContext,
  result: EnrollingCode,
): EnrollingCode => andThen(result, (tx) => recoveryCodes.askToSave(tx, contactOf(context), null));

/** A user who has said that the previous factor is lost keeps none of it: it may be in the hands of a thief. */
function endingLost(
  { methods }: ReplacedFactorDeps,
  context: PageContext,
  { result, fact }: { readonly result: EnrollingCode; readonly fact: FactType },
): EnrollingCode {
  const { signIn, visitor } = context;
  const kept = FACTOR_KINDS.find((kind) => fact === `${kind}-enrolled`);
  return kept === undefined || !isReplacingLost(signIn)
    ? result
    : andThen(result, (tx) => methods.endOthers(tx, contactOf(context), { kept, visitor }));
}

/** An older session of this very browser goes on too: oidc-provider ends a sign-in whose browser has lost its session. */
function endingOthers(
  { access }: ReplacedFactorDeps,
  context: PageContext,
  { result, second }: { readonly result: EnrollingCode; readonly second: number },
): EnrollingCode {
  const { id } = contactOf(context);
  const kept = { uid: context.interaction.sessionUid ?? "", grantIds: [] };
  const since = new Date(second * 1000);
  return andThen(result, async (tx) => {
    await access.endOthers(tx, id, kept, since);
    await access.endTrustedBrowserSessions(tx, id, since);
  });
}
