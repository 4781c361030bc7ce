import { isActive } from "../../domain/users/user.ts";
import type { UserStore } from "../../domain/users/user-store.ts";
import { asAskedFor } from "./asked-for.ts";
import type { Proof, Visit } from "./page.ts";
import type { SignInStore } from "./sign-in-store.ts";

interface Parts {
  readonly users: UserStore;
  readonly store: SignInStore;
}

/** Begins a sign-in with the password of a session that only lacks the second factor (step up). */
export class Continuation {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The visit of whoever goes on from a session; every other visit as it is. */
  async begin(visit: Visit): Promise<Visit> {
    const { interaction, person, trust } = visit;
    const { continues, uid, application } = interaction;
    if (continues === null || person !== null || visit.signIn.facts.length > 0) {
      return visit;
    }
    const account = await this.#parts.users.findAccount(continues.accountId);
    if (account === null || !isActive(account)) {
      return visit;
    }
    const proof: Proof = {
      type: "session-continued",
      officeId: account.office.id,
      userId: account.id,
      at: continues.at,
      settle: () => Promise.resolve(),
    };
    const begun = await this.#parts.store.advance({ uid, applicationId: application.id, trust }, proof, {
      isStillDue: ({ facts }) => facts.length === 0,
      then: (_tx, stored) => Promise.resolve(stored),
    });
    const stored = begun ?? (await this.#parts.store.find(uid, trust));
    return { ...visit, person: stored.person, signIn: asAskedFor(interaction, stored.signIn) };
  }
}
