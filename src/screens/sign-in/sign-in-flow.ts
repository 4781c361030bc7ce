import { PageError } from "../../kernel/errors.ts";
import { homeOf } from "../../kernel/home.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { Fields } from "../../platform/web/form.ts";
import { withRequestedFactor } from "./requested-factor.ts";
import type { Beginning } from "./beginning.ts";
import { nextStep, stepOf, type PageName } from "./journey.ts";
import type { AfterFact, FactRecording } from "./fact-recording.ts";
import type { SignIn } from "./sign-in-state.ts";
import type { SessionStepUp } from "./session-step-up.ts";
import type { Finish, Finished } from "./finish.ts";
import type { LiveStatus, Model, Proof, PageContext } from "./page.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import type { AnyPage, Pages } from "./pages/pages.ts";
import { cancelOf } from "./cancelling.ts";
import { isDue, requireProvable, tellStep } from "./due-page.ts";
import { contactOf, factOf } from "./pages/code-outcome.ts";
import { entryPage } from "./pages/factor-choice.ts";
import type { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import type { AskedCode } from "./page-contexts.ts";
import type { SignInStore } from "./sign-in-store.ts";
import type { StoredSignIn } from "./sign-in-row.ts";

/** What comes after a request. `routes.ts` turns it into a response; no other file decides where the user goes. */
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

interface Deps {
  readonly pages: Pages;
  readonly store: SignInStore;
  readonly finish: Finish;
  readonly stepUp: SessionStepUp;
  readonly recording: FactRecording;
  readonly beginning: Beginning;
  readonly tries: Pick<SecondFactorCheck, "settled" | "giveBack">;
}

type IsDue = (signIn: SignIn) => boolean;

/** Runs requests through the journey. */
export class SignInFlow {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The user opens the sign-in or one of its pages. A page that is not due leads to the one that is. */
  async open(opened: PageContext, requested: string | null): Promise<Next> {
    const context = await this.#deps.stepUp.begin(opened);
    const due = nextStep(context.signIn);
    if (due === "done") {
      return { type: "finish", finished: await this.#deps.finish.complete(context) };
    }
    if (requested !== null && stepOf(requested)?.name !== due) {
      return { type: "go", page: entryPage(due, context.signIn) };
    }
    const page = this.#page(requested ?? entryPage(due, context.signIn));
    const replacement =
      (await page.skipTo(context)) ??
      (page.isOffered(context.signIn) ? null : entryPage(due, context.signIn));
    if (replacement !== null) {
      return { type: "go", page: replacement };
    }
    tellStep(context, page.name, "shown");
    return { type: "show", page, model: await page.show(context) };
  }

  /**
   * The live status of an open page; null when there is nothing left to wait for. Throws PageError "not-found" for a
   * page that is not due.
   */
  async liveStatus(context: PageContext, name: string): Promise<LiveStatus | null> {
    const live = isDue(this.#page(name), context.signIn) ? this.#page(name).live(context) : null;
    if (live === null) {
      throw new PageError("not-found");
    }
    return live;
  }

  /** Whether a page asks for a passkey, for the statement that reads the sign-in. */
  asksOn(name: string): boolean {
    return Object.values(this.#deps.pages).some((page) => page.name === name && page.asks);
  }

  /** The code that the form of a page sends, for the statement that reads the sign-in; null where it sends none. */
  codeOf(name: string, fields: Fields, uid: string): AskedCode | null {
    const page = Object.values(this.#deps.pages).find((candidate) => candidate.name === name);
    const attempt = page?.attempt(fields, uid) ?? null;
    return attempt === null ? null : { attempt, proves: stepOf(name)?.proves ?? [] };
  }

  /**
   * The user submits the form of a page. A form of a page that is not due, or not offered in this sign-in, has no effect
   * and leads to the page that is due.
   */
  async submit(context: PageContext, name: string, fields: Fields): Promise<Next> {
    const page = this.#page(name);
    const isStillDue = (signIn: SignIn) => isDue(page, withRequestedFactor(context.interaction, signIn));
    if (!isStillDue(context.signIn)) {
      await this.#giveBack(context);
      return this.#next(await this.#afterBlock(context));
    }
    const outcome = await page.submit(context, fields);
    if (outcome.type === "errors") {
      const latest = await this.#reload(context);
      if (!isStillDue(latest.signIn)) {
        return this.#next(latest);
      }
      tellStep(context, name, "refused");
      await outcome.report?.();
      const values = Object.fromEntries(page.keeps.map((kept) => [kept, fields[kept] ?? ""]));
      return { type: "show", page, model: await page.show(context), errors: outcome.errors, values };
    }
    if (outcome.type === "go") {
      const latest = outcome.to === name ? await this.#reload(context) : context;
      return isStillDue(latest.signIn) ? { type: "go", page: outcome.to } : this.#next(latest);
    }
    [outcome.fact.type, ...(outcome.fact.also ?? [])].forEach((type) => {
      requireProvable(page, type);
    });
    return this.#record(context, outcome.fact, isStillDue);
  }

  /**
   * The user presses Cancel. "denied": the application is informed; nothing has changed. Everything else goes on, because a
   * recovery code was spent on this sign-in (`cancelling.ts`).
   */
  async cancel(context: PageContext): Promise<Next | "denied"> {
    switch (cancelOf(context.signIn)) {
      case "deny":
        return "denied";
      case "none":
        return this.#next(context);
      case "go-on":
        return this.#record(
          context,
          factOf(context, "enrolment-postponed"),
          (signIn) => cancelOf(withRequestedFactor(context.interaction, signIn)) === "go-on",
        );
    }
  }

  /**
   * The last fact and the end of the sign-in are one transaction, so that no complete sign-in is missing from the audit
   * log. A fact that is not recorded costs the user no code.
   */
  async #record(context: PageContext, proof: Proof, isStillDue: IsDue): Promise<Next> {
    const next =
      (await this.#deps.beginning.record(context, proof)) ??
      (await this.#recordAndAsk(context, proof, isStillDue));
    if (next !== null) {
      tellStep(context, proof.type, "proved");
    }
    switch (next?.type) {
      case "done":
        return { type: "finish", finished: next.finished };
      case "due":
        return { type: "go", page: next.page };
      case undefined:
        return this.#next(await this.#reload({ ...context, home: homeOf(proof.officeId) }));
    }
  }

  #recordAndAsk(context: PageContext, proof: Proof, isStillDue: IsDue): Promise<AfterFact | null> {
    return proof.changes !== undefined || context.row === null
      ? this.#recordChanges(context, proof, isStillDue)
      : this.#deps.recording.record({ context, proof, isStillDue });
  }

  /** A fact that begins the sign-in, or that changes more of what the journey reads. */
  #recordChanges(context: PageContext, proof: Proof, isStillDue: IsDue): Promise<AfterFact | null> {
    const { uid, application } = context.interaction;
    const { trust } = context;
    const home = homeOf(proof.officeId);
    context.keepHome(home);
    const then = async (tx: Queryable, stored: StoredSignIn): Promise<AfterFact> => {
      const signIn = withRequestedFactor(context.interaction, stored.signIn);
      const step = nextStep(signIn);
      return step === "done"
        ? {
            type: "done",
            finished: await this.#deps.finish.record(tx, { ...context, ...stored, home, signIn }),
          }
        : { type: "due", page: entryPage(step, signIn) };
    };
    return this.#deps.store.advance({ uid, applicationId: application.id, trust }, proof, {
      isStillDue,
      then,
    });
  }

  /** Reads the sign-in again: a duplicate of the same form may have moved it on in the meantime. */
  async #reload(context: PageContext): Promise<PageContext> {
    const { home, trust } = context;
    const stored = await this.#deps.store.find({ uid: context.interaction.uid, home, trust });
    const { user, row } = stored;
    return { ...context, user, row, signIn: withRequestedFactor(context.interaction, stored.signIn) };
  }

  /** A code that is not due is not checked. */
  async #giveBack(context: PageContext): Promise<void> {
    const { tried } = context;
    if (tried?.reservation?.type === "reserved") {
      await this.#deps.tries.giveBack(contactOf(context), tried.prepared);
    }
  }

  /**
   * A last try counts as a lockout until it is checked. A duplicate of its form waits for that here instead of showing
   * a false lockout.
   */
  async #afterBlock(context: PageContext): Promise<PageContext> {
    if (nextStep(context.signIn) !== "block" || context.user === null) {
      return context;
    }
    await this.#deps.tries.settled(contactOf(context));
    return this.#reload(context);
  }

  async #next(context: PageContext): Promise<Next> {
    const due = nextStep(context.signIn);
    return due === "done"
      ? { type: "finish", finished: await this.#deps.finish.complete(context) }
      : { type: "go", page: entryPage(due, context.signIn) };
  }

  #page(name: string): AnyPage {
    const page = Object.values(this.#deps.pages).find((candidate) => candidate.name === name);
    if (page === undefined) {
      throw new PageError("not-found");
    }
    return page;
  }
}
