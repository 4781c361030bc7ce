import { epochSeconds, now } from "../../kernel/clock.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { Finish, Finished } from "./finish.ts";
import { nextStep, type PageName } from "./journey.ts";
import type { PageContext, Proof } from "./page.ts";
import { entryPage } from "./pages/factor-choice.ts";
import { withRequestedFactor } from "./requested-factor.ts";
import type { SignInFactStore } from "./sign-in-fact-store.ts";
import type { SignInRow } from "./sign-in-row.ts";
import { factsOf, type Fact, type SignIn } from "./sign-in-state.ts";
import type { SignInStore } from "./sign-in-store.ts";

interface Deps {
  readonly store: SignInStore;
  readonly facts: SignInFactStore;
  readonly finish: Finish;
}

/** A proof that changes nothing but the facts, in a sign-in that has begun. */
interface Recording {
  readonly context: PageContext;
  readonly proof: Proof;
  readonly isStillDue: (signIn: SignIn) => boolean;
}

/** What is due after a recorded fact. */
export type AfterFact =
  { readonly type: "due"; readonly page: PageName } | { readonly type: "done"; readonly finished: Finished };

/** How often a sign-in may change under a form that waits to be recorded. */
const MOST_READS = 5;

/**
 * Records facts that change nothing else of what the journey reads. What is due after them follows from the state that was read, so the
 * journey is asked first, and one statement writes the facts and, after the last one, the end. It verifies under the lock that the state
 * is still the one that was read. Where it is not, the state is read again.
 */
export class FactRecording {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Null when the step is no longer due, or the code was used meanwhile. Then, and after an error, the proof is released. */
  async record(recording: Recording): Promise<AfterFact | null> {
    const { proof } = recording;
    try {
      const after = await this.#untilUnchanged(recording);
      await (after === null ? proof.release?.() : undefined);
      return after;
    } catch (error) {
      await proof.release?.();
      throw error;
    }
  }

  async #untilUnchanged({ context, proof, isStillDue }: Recording): Promise<AfterFact | null> {
    let current = context;
    for (let reads = 0; reads < MOST_READS; reads += 1) {
      const result = await this.#tryOnce(current, proof);
      if (result !== "changed") {
        return result;
      }
      current = await this.#read(context);
      // A lockout that this very try has begun ends with it.
      const row = current.row === null || proof.code === undefined ? current.row : withoutGuard(current.row);
      if (row === null || !isStillDue(this.#stateOf(context, row).signIn)) {
        return null;
      }
    }
    throw new PageError("busy", { retryAfter: 2 });
  }

  async #tryOnce(context: PageContext, proof: Proof): Promise<AfterFact | "changed" | null> {
    const { row, trust, interaction } = context;
    if (row === null) {
      return null;
    }
    const at = now();
    const facts = factsOf(proof, epochSeconds(at));
    const done = { ...context, ...this.#stateOf(context, withFacts(row, facts, proof)) };
    const due = nextStep(done.signIn);
    const ending = due === "done" ? this.#deps.finish.prepare(done) : null;
    const made: { token: string | null } = { token: null };
    const makeTrust = ending?.trust ?? null;
    const follow = async (tx: Queryable, { isFirst, left }: { isFirst: boolean; left: number }) => {
      await proof.code?.after?.(tx, left);
      made.token = makeTrust === null || !isFirst ? null : await makeTrust(tx);
    };
    const isFollowed = makeTrust !== null || (proof.code?.after ?? null) !== null;
    const result = await this.#deps.facts.add({
      ...{ uid: interaction.uid, user: { id: proof.userId, officeId: proof.officeId }, trust, facts },
      ...{ version: row.version, code: proof.code?.code ?? null, end: ending?.end ?? null },
      after: isFollowed ? follow : null,
    });
    if (result.type !== "recorded") {
      return result.type === "changed" ? "changed" : null;
    }
    if (ending !== null) {
      return { type: "done", finished: ending.finished(result, made.token) };
    }
    return due === "done" ? null : { type: "due", page: entryPage(due, done.signIn) };
  }

  async #read(context: PageContext): Promise<PageContext> {
    const { home, trust, interaction } = context;
    return { ...context, ...(await this.#deps.store.find({ uid: interaction.uid, home, trust })) };
  }

  #stateOf({ interaction }: PageContext, row: SignInRow) {
    const { signIn, user } = this.#deps.store.stateOf(row, now());
    return { user, signIn: withRequestedFactor(interaction, signIn) };
  }
}

const withoutGuard = (row: SignInRow): SignInRow => ({ ...row, guard: null });

/** The row as it will be. The code of a confirmed factor clears the wrong ones. */
const withFacts = (row: SignInRow, facts: readonly Fact[], { code }: Proof): SignInRow => ({
  ...(code === undefined ? row : withoutGuard(row)),
  facts: [...row.facts, ...facts],
});
