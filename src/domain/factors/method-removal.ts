import type { Queryable } from "../../platform/database/database.ts";
import type { UserContact } from "./code-try.ts";
import { isFactorKind, ownsAccepted, type FactorKind } from "./factor.ts";
import type { FactorStore } from "./factor-store.ts";
import type { MethodSwitch, Remover } from "./method-switch.ts";
import type { PasskeyStore } from "./passkeys/passkey-store.ts";

interface Deps {
  readonly factors: FactorStore;
  readonly passkeys: PasskeyStore;
  readonly methods: MethodSwitch;
}

/** What is removed: a whole kind, or one of several passkeys by its id. */
export type Removed = FactorKind | Buffer;

/** What a word names: a kind, or else the id of a passkey in base64url, which may be none of the user's. */
export const removedBy = (word: string): Removed =>
  isFactorKind(word) ? word : Buffer.from(word, "base64url");

/** `last`: the office accepts nothing else of what the user has. `gone`: the user does not have it. */
export type RemovalResult = "removed" | "last" | "gone";

/** Removes one method of a user who keeps another. The caller has locked the user and ends the sessions. */
export class MethodRemoval {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Refuses the last method that the office accepts. */
  async remove(
    tx: Queryable,
    user: UserContact,
    { removed, accepted, by }: { removed: Removed; accepted: readonly FactorKind[]; by: Remover },
  ): Promise<RemovalResult> {
    const { factors, methods } = this.#deps;
    const kinds = await factors.kinds(tx, user);
    const kind = await this.#kindThatEnds(tx, user, removed);
    if (kind === "gone" || (kind !== null && !kinds.includes(kind))) {
      return "gone";
    }
    if (kind === null) {
      const isThere =
        typeof removed !== "string" && (await methods.endPasskey(tx, user, { passkey: removed, by }));
      return isThere ? "removed" : "gone";
    }
    if (
      !ownsAccepted(
        kinds.filter((other) => other !== kind),
        accepted,
      )
    ) {
      return "last";
    }
    await methods.end(tx, user, { kind, by });
    return "removed";
  }

  /** Null where another passkey stays. */
  async #kindThatEnds(
    tx: Queryable,
    user: UserContact,
    removed: Removed,
  ): Promise<FactorKind | "gone" | null> {
    if (typeof removed === "string") {
      return removed;
    }
    const list = await this.#deps.passkeys.list(tx, user);
    if (!list.some(({ id }) => id === removed.toString("base64url"))) {
      return "gone";
    }
    return list.length > 1 ? null : "passkey";
  }
}
