import { isActive } from "../../domain/users/user.ts";
import { homeOf } from "../../kernel/home.ts";
import type { UserStore } from "../../domain/users/user-store.ts";
import { withRequestedFactor } from "./requested-factor.ts";
import type { Proof, PageContext } from "./page.ts";
import type { SignInStore } from "./sign-in-store.ts";

interface Deps {
  readonly users: UserStore;
  readonly store: SignInStore;
}

/** Begins a sign-in with the password of a session that lacks only the second factor (step-up, RFC 9470). */
export class SessionStepUp {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The context of a step-up from a session. Every other context is returned unchanged. */
  async begin(context: PageContext): Promise<PageContext> {
    const { interaction, user, trust } = context;
    const { continues, uid, application } = interaction;
    if (continues === null || user !== null || context.signIn.facts.length > 0) {
      return context;
    }
    const account = await this.#deps.users.findAccount(continues.accountId);
    if (account === null || !isActive(account)) {
      return context;
    }
    const proof: Proof = {
      type: "session-continued",
      officeId: account.office.id,
      userId: account.id,
      at: continues.at,
      session: continues.uid,
    };
    const begun = await this.#deps.store.advance({ uid, applicationId: application.id, trust }, proof, {
      isStillDue: ({ facts }) => facts.length === 0,
      then: (_tx, stored) => Promise.resolve(stored),
    });
    const home = homeOf(account.office.id);
    context.keepHome(home);
    const { row, signIn, user: known } = begun ?? (await this.#deps.store.find({ uid, home, trust }));
    return { ...context, home, row, user: known, signIn: withRequestedFactor(interaction, signIn) };
  }
}
