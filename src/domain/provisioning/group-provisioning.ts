import { denialOfRole } from "../access/access.ts";
import { aboutUser } from "../access/actor.ts";
import type { Role } from "../access/role.ts";
import type { RankChange } from "../users/rank-change.ts";
import type { UserStore } from "../users/user-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { ProvisionedUserStore } from "./provisioned-user-store.ts";
import { Undone, type Refused } from "./refused.ts";
import type { Where } from "./user-provisioning.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly rankChange: Pick<RankChange, "changeRole">;
  readonly store: ProvisionedUserStore;
}

/** The groups of a directory are roles: all changes of one request, or none. */
export class GroupProvisioning {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Gives a role to the users that `decide` names, from those who have it, and takes it from all others. A user with a higher role
   * keeps that one.
   */
  async changeMembers(
    role: Role,
    decide: (ids: readonly string[]) => readonly string[],
    { office, by }: Where,
  ): Promise<{ readonly type: "changed" | "unknown" | "conflict" } | Refused> {
    const { database, store } = this.#deps;
    try {
      await database.inOffice(office.id, async (tx) => {
        const before = (await store.ofRole(office.id, role, tx)).map(({ id }) => id);
        const wanted = new Set(decide(before));
        // Added first: the last superuser may be replaced by another one.
        for (const id of [...wanted].filter((each) => !before.includes(each))) {
          await this.#changeRole(tx, id, { role, office, by });
        }
        for (const id of before.filter((each) => !wanted.has(each))) {
          await this.#changeRole(tx, id, { role: "user", from: role, office, by });
        }
      });
      return { type: "changed" };
    } catch (error) {
      if (error instanceof Undone) {
        return { type: error.type };
      }
      throw error;
    }
  }

  async #changeRole(
    tx: Queryable,
    id: string,
    { role, from = null, office, by }: Where & { readonly role: Role; readonly from?: Role | null },
  ): Promise<void> {
    const user = await this.#deps.users.find(tx, id);
    if (user === null) {
      throw new Undone("unknown");
    }
    // Since the members were read, the user may have got the role, or another one, which is not this group's to take.
    const isAnothers = from === null ? user.role === "superuser" : user.role !== from;
    if (isAnothers || user.role === role) {
      return;
    }
    const target = aboutUser(user);
    if (denialOfRole(by, "user.change-role", { role, office, target }) !== null) {
      throw new Undone("not-permitted");
    }
    switch (await this.#deps.rankChange.changeRole(tx, user, { role, by: { actor: by.id } })) {
      case "changed":
      case "unchanged":
        return;
      case "last":
        throw new Undone("last");
      case "overtaken":
        throw new Undone("conflict");
    }
  }
}
