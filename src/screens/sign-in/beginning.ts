import { epochSeconds, now } from "../../kernel/clock.ts";
import { homeOf } from "../../kernel/home.ts";
import type { Finish } from "./finish.ts";
import type { AfterFact } from "./fact-recording.ts";
import { nextStep } from "./journey.ts";
import type { PageContext, Proof } from "./page.ts";
import { entryPage } from "./pages/factor-choice.ts";
import { withRequestedFactor } from "./requested-factor.ts";
import type { SignInBeginningStore } from "./sign-in-beginning-store.ts";
import type { SignInRow } from "./sign-in-row.ts";
import { factsOf } from "./sign-in-state.ts";
import type { SignInStore } from "./sign-in-store.ts";

interface Deps {
  readonly store: SignInStore;
  readonly beginnings: SignInBeginningStore;
  readonly finish: Finish;
}

/**
 * Records the right password that begins a sign-in. What is due after it follows from the state of the user, which was read when the
 * try was counted: the journey is asked first, and one statement writes the facts and, where nothing is due, the end. It verifies that the
 * state is still the one that the journey was asked about.
 */
export class Beginning {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Null, with nothing written, where the proof has to be recorded in a transaction that asks the journey again: more belongs to it, the
   * sign-in has begun already, or the state has changed meanwhile. After an error the proof is released.
   */
  async record(context: PageContext, proof: Proof): Promise<AfterFact | null> {
    try {
      return await this.#record(context, proof);
    } catch (error) {
      await proof.release?.();
      throw error;
    }
  }

  async #record(context: PageContext, proof: Proof): Promise<AfterFact | null> {
    const settled = proof.settled ?? null;
    if (settled === null || context.row !== null) {
      return null;
    }
    const { interaction, trust } = context;
    const { uid, application } = interaction;
    const at = now();
    const facts = factsOf(proof, epochSeconds(at));
    const row = { ...(settled.state.columns as State), ...NOT_STORED, facts };
    const { signIn, user } = this.#deps.store.stateOf(row, at);
    const after = {
      ...context,
      home: homeOf(proof.officeId),
      user,
      signIn: withRequestedFactor(interaction, signIn),
    };
    const due = nextStep(after.signIn);
    const ending = due === "done" ? this.#deps.finish.prepare(after, proof.newBrowser ?? null) : null;
    if (due === "password" || (ending !== null && ending.trust !== null)) {
      return null;
    }
    const ended = await this.#deps.beginnings.begin({
      ...{ uid, applicationId: application.id, facts, at, trust, settled, end: ending?.end ?? null },
      user: { id: proof.userId, officeId: proof.officeId },
    });
    if (ended === null) {
      return null;
    }
    context.keepHome(after.home);
    if (ending !== null) {
      return { type: "done", finished: ending.finished(ended, null) };
    }
    return due === "done" ? null : { type: "due", page: entryPage(due, after.signIn) };
  }
}

/** The columns of `find_sign_in_state`. */
type State = Omit<SignInRow, "facts" | keyof typeof NOT_STORED>;

/** What the journey does not ask about. */
const NOT_STORED = { office: null, version: "" } as const;
