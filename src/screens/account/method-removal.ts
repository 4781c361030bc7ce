import { authenticatorName } from "../../domain/factors/passkeys/authenticator-names.ts";
import type { PasskeyStore } from "../../domain/factors/passkeys/passkey-store.ts";
import { ownsAccepted, type FactorKind } from "../../domain/factors/factor.ts";
import type { FactorStore } from "../../domain/factors/factor-store.ts";
import type { MethodSwitch } from "../../domain/factors/method-switch.ts";
import type { OwnAccount } from "../../domain/users/own-account.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { AccessStore } from "../../protocol/models/access-store.ts";
import { contactOf } from "./code-form.ts";
import { ownerOf, type ChangeContext } from "./page.ts";

interface Deps {
  readonly database: Database;
  readonly own: OwnAccount;
  readonly factors: FactorStore;
  readonly passkeys: PasskeyStore;
  readonly methods: MethodSwitch;
  readonly access: AccessStore;
}

/** What is removed: a whole kind, or one of several passkeys. */
export type Removed = FactorKind | Buffer;

/** `last`: the office accepts nothing else of what the user has. `gone`: the user does not have it. */
export type RemovalResult = "removed" | "last" | "gone";

/** Where users remove one of their methods. Every other session ends, because the device may be in the hands of a thief. */
export class MethodRemoval {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Refuses the last method that the office accepts, also to two requests at once. */
  async remove(
    context: ChangeContext,
    removed: Removed,
    accepted: readonly FactorKind[],
  ): Promise<RemovalResult> {
    const { database, own, factors, access } = this.#deps;
    const { account } = context.session;
    const user = contactOf(context);
    return database.inOffice(account.office.id, async (tx) => {
      await own.hold(tx, ownerOf(context));
      const kinds = await factors.kinds(tx, user);
      const kind = await this.#kindThatEnds(tx, context, removed);
      if (kind === "gone" || (kind !== null && !kinds.includes(kind))) {
        return "gone";
      }
      const others = kinds.filter((other) => other !== kind);
      if (kind !== null && !ownsAccepted(others, accepted)) {
        return "last";
      }
      await this.#end(tx, context, { removed, kind });
      await access.endOthers(tx, account.id, context.session);
      await access.endTrustedBrowserSessions(tx, account.id);
      return "removed";
    });
  }

  /** Null where another passkey stays. */
  async #kindThatEnds(
    tx: Queryable,
    context: ChangeContext,
    removed: Removed,
  ): Promise<FactorKind | "gone" | null> {
    if (typeof removed === "string") {
      return removed;
    }
    const list = await this.#deps.passkeys.list(tx, contactOf(context));
    const isThere = list.some(({ id }) => id === removed.toString("base64url"));
    if (!isThere) {
      return "gone";
    }
    return list.length > 1 ? null : "passkey";
  }

  async #end(
    tx: Queryable,
    context: ChangeContext,
    { removed, kind }: { removed: Removed; kind: FactorKind | null },
  ): Promise<void> {
    const { own, passkeys, methods } = this.#deps;
    if (kind !== null) {
      await methods.end(tx, contactOf(context), { kind, visitor: context.visitor });
      return;
    }
    const found = typeof removed === "string" ? null : await passkeys.remove(tx, contactOf(context), removed);
    const name = found === null ? null : (found.name ?? authenticatorName(found.aaguid));
    await own.record(tx, ownerOf(context), {
      ...({ type: "factor.removed", notice: "factorRemoved" } as const),
      details: { kind: "passkey", name },
      values: { kind: "passkey" },
    });
  }
}
