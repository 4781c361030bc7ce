import type { BreachedPasswords } from "./breached-passwords.ts";
import type { ForbiddenPasswords } from "./forbidden-passwords.ts";
import type { PasswordFault, PasswordRules } from "./password-rules.ts";

/** The user who will have the password. */
export interface PasswordOwner {
  /** The account whose choices are counted; null where an operator chooses, who may add many users. */
  readonly id: string | null;
  readonly username: string;
  readonly name: string;
  readonly office: { readonly code: string; readonly name: string };
}

interface Deps {
  readonly productName: string;
  readonly rules: Pick<PasswordRules, "fault">;
  /** Null where no service is asked. */
  readonly breached: Pick<BreachedPasswords, "has"> | null;
  /** Null where the operator forbids none. */
  readonly forbidden: ForbiddenPasswords | null;
}

/** `breached`: in a known breach; `forbidden`: on the operator's own list. */
export type NewPasswordFault = PasswordFault | "breached" | "forbidden";

/**
 * The one check of a password that is being chosen: on every page, and on the command line. A password that is only entered
 * is not judged here, so a sign-in waits for no service.
 */
export class NewPasswordCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * What is wrong with it, or null. Never inside a transaction: it may wait for a service. Throws PageError "busy" when too
   * many passwords wait for the estimate.
   */
  async fault(
    password: string,
    { id, username, name, office }: PasswordOwner,
  ): Promise<NewPasswordFault | null> {
    const { breached, forbidden, rules, productName } = this.#deps;
    // Words that an attacker who knows the user tries first (ASVS 5.0 6.2.11): the same ones wherever a password is chosen.
    const known = [productName, office.code, office.name, username, name];
    // What our own rules refuse, no service has to hear of.
    const fault = await rules.fault(password, { known, userId: id });
    if (fault !== null) {
      return fault;
    }
    if (forbidden?.has(password) === true) {
      return "forbidden";
    }
    return (await breached?.has(password)) === true ? "breached" : null;
  }
}
