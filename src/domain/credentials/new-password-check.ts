import type { BreachedPasswords } from "./breached-passwords.ts";
import type { ForbiddenPasswords } from "./forbidden-passwords.ts";
import { passwordFault, type PasswordFault } from "./password-rules.ts";

interface Deps {
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

  /** What is wrong with it, or null. `known` are words that an attacker would try first. Never inside a transaction: it may wait for a service. */
  async fault(password: string, known: readonly string[]): Promise<NewPasswordFault | null> {
    const { breached, forbidden } = this.#deps;
    // What our own rules refuse, no service has to hear of.
    const fault = await passwordFault(password, known);
    if (fault !== null) {
      return fault;
    }
    if (forbidden?.has(password) === true) {
      return "forbidden";
    }
    return (await breached?.has(password)) === true ? "breached" : null;
  }
}
