import { PageError } from "../../kernel/errors.ts";
import type { Fields } from "../../platform/web/form.ts";
import { asAskedFor } from "./asked-for.ts";
import { firstPage, nextStep, stepOf, type PageName } from "./journey.ts";
import type { FactType, SignIn } from "./situation.ts";
import type { Continuation } from "./continuation.ts";
import type { Finish, Finished } from "./finish.ts";
import type { LiveStatus, Model, Proof, Visit } from "./page.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import type { AnyPage, Pages } from "./pages/pages.ts";
import { personOf } from "./pages/code-outcome.ts";
import type { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import type { SignInStore } from "./sign-in-store.ts";
import type { StoredSignIn } from "./sign-in-row.ts";

/** What a click leads to. `routes.ts` turns it into an answer; nothing else decides where somebody goes. */
export type Next =
  | {
      readonly type: "show";
      readonly page: AnyPage;
      readonly model: Model;
      readonly errors?: readonly FieldError[];
      /** The form as it was sent, without its secrets. */
      readonly values?: Fields;
    }
  | { readonly type: "go"; readonly page: PageName }
  | { readonly type: "finish"; readonly finished: Finished };

interface Parts {
  readonly pages: Pages;
  readonly store: SignInStore;
  readonly finish: Finish;
  readonly continuation: Continuation;
  readonly tries: Pick<SecondFactorCheck, "settled">;
}

/** Runs clicks through the journey. */
export class SignInEngine {
  readonly #pages: Pages;
  readonly #store: SignInStore;
  readonly #finish: Finish;
  readonly #continuation: Continuation;

  readonly #tries: Pick<SecondFactorCheck, "settled">;

  constructor(parts: Parts) {
    this.#tries = parts.tries;
    this.#pages = parts.pages;
    this.#store = parts.store;
    this.#finish = parts.finish;
    this.#continuation = parts.continuation;
  }

  /** Somebody opens the sign-in, or one of its pages. A page that is not due leads to the one that is. */
  async open(opened: Visit, wanted: string | null): Promise<Next> {
    const visit = await this.#continuation.begin(opened);
    const due = nextStep(visit.signIn);
    if (due === "done") {
      return { type: "finish", finished: await this.#finish.complete(visit) };
    }
    if (wanted !== null && stepOf(wanted)?.name !== due) {
      return { type: "go", page: firstPage(due) };
    }
    const page = this.#page(wanted ?? firstPage(due));
    const instead = await page.skipTo(visit);
    if (instead !== null) {
      return { type: "go", page: instead };
    }
    return { type: "show", page, model: await page.show(visit) };
  }

  /** What goes on while a page is open; null when it is over. Throws "not-found" for a page that is not due or has no such thing. */
  async look(visit: Visit, name: string): Promise<LiveStatus | null> {
    const live = nextStep(visit.signIn) === stepOf(name)?.name ? this.#page(name).live(visit) : null;
    if (live === null) {
      throw new PageError("not-found");
    }
    return live;
  }

  /** Somebody sends a page's form. */
  async submit(visit: Visit, name: string, fields: Fields): Promise<Next> {
    const page = this.#page(name);
    const asked = (signIn: SignIn) => asAskedFor(visit.interaction, signIn);
    const isDue = (signIn: SignIn) => nextStep(asked(signIn)) === stepOf(page.name)?.name;
    if (!isDue(visit.signIn)) {
      return this.#where(await this.#afterBlock(visit));
    }
    const outcome = await page.submit(visit, fields);
    if (outcome.type === "errors") {
      const after = await this.#fresh(visit);
      if (!isDue(after.signIn)) {
        return this.#where(after);
      }
      await outcome.tell?.();
      const values = Object.fromEntries(page.keeps.map((kept) => [kept, fields[kept] ?? ""]));
      return { type: "show", page, model: await page.show(visit), errors: outcome.errors, values };
    }
    if (outcome.type === "go") {
      const after = outcome.to === name ? await this.#fresh(visit) : visit;
      return isDue(after.signIn) ? { type: "go", page: outcome.to } : this.#where(after);
    }
    [outcome.fact.type, ...(outcome.fact.also ?? [])].forEach((type) => {
      requireProvable(page, type);
    });
    return this.#record(visit, outcome.fact, isDue);
  }

  /** The last fact and the end of the sign-in are one transaction: there is none that is complete and not told. */
  async #record(visit: Visit, proof: Proof, isStillDue: (signIn: SignIn) => boolean): Promise<Next> {
    const { uid, application } = visit.interaction;
    const { trust } = visit;
    const visitOf = ({ signIn, person }: StoredSignIn): Visit => ({
      ...visit,
      person,
      signIn: asAskedFor(visit.interaction, signIn),
    });
    const next = await this.#store.advance({ uid, applicationId: application.id, trust }, proof, {
      isStillDue,
      then: (tx, stored) => this.#where(visitOf(stored), (done) => this.#finish.settle(tx, done)),
    });
    return next ?? this.#where(await this.#fresh(visit));
  }

  /** The sign-in as it is now: the same form, sent twice, may have led on meanwhile. */
  async #fresh(visit: Visit): Promise<Visit> {
    const { signIn, person } = await this.#store.find(visit.interaction.uid, visit.trust);
    return { ...visit, person, signIn: asAskedFor(visit.interaction, signIn) };
  }

  /** A try that fills the counter blocks until it is judged, and its form may have been sent twice. */
  async #afterBlock(visit: Visit): Promise<Visit> {
    if (nextStep(visit.signIn) !== "block" || visit.person === null) {
      return visit;
    }
    await this.#tries.settled(personOf(visit));
    return this.#fresh(visit);
  }

  async #where(visit: Visit, finish = (done: Visit) => this.#finish.complete(done)): Promise<Next> {
    const due = nextStep(visit.signIn);
    return due === "done"
      ? { type: "finish", finished: await finish(visit) }
      : { type: "go", page: firstPage(due) };
  }

  #page(name: string): AnyPage {
    const page = Object.values(this.#pages).find((candidate) => candidate.name === name);
    if (page === undefined) {
      throw new PageError("not-found");
    }
    return page;
  }
}

/** A page proves what the journey says of its step: one that claims more is a mistake of ours, and nobody signs in by it. */
function requireProvable({ name }: AnyPage, type: FactType): void {
  const provable: readonly FactType[] = stepOf(name)?.proves ?? [];
  if (!provable.includes(type)) {
    throw new Error(`The page ${name} may not prove ${type}.`);
  }
}
