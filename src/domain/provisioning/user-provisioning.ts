import { denialAlone, denialOf } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { Office } from "../offices/office.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { RankChange } from "../users/rank-change.ts";
import type { UserEdit } from "../users/user-edit.ts";
import type { UserAdministration } from "../users/user-administration.ts";
import type { UserEditing } from "../users/user-editing.ts";
import type { NewUser, User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { DirectoryDetails, ProvisionedUser, ProvisionedUserStore } from "./provisioned-user-store.ts";
import { takenOr, Undone, type Refused } from "./refused.ts";

/**
 * Directories that keep the users of an office up to date (SCIM). This folder owns their tokens, what they keep of a user besides the
 * account, and the requests that were refused. It knows no JSON of the protocol, which is in `src/api/scim/`. Start at
 * `UserProvisioning`; `scim-access.ts` has the tokens.
 */

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly administration: Pick<UserAdministration, "add">;
  readonly editing: Pick<UserEditing, "editIn">;
  readonly rankChange: Pick<RankChange, "disable" | "enable">;
  readonly ranks: Pick<UserRankStore, "queue">;
  readonly store: ProvisionedUserStore;
  readonly audit: AuditStore;
}

/** What a directory wants of a user. */
export interface WantedUser {
  readonly account: Omit<NewUser, "role">;
  readonly details: DirectoryDetails;
  readonly isActive: boolean;
}

export type AddedUser = { readonly type: "added"; readonly user: ProvisionedUser } | Refused;

/** `conflict`: it was changed at the same moment. */
export type ChangedUser =
  | { readonly type: "changed"; readonly user: ProvisionedUser }
  | { readonly type: "unknown" | "conflict" }
  | Refused;

/** Whose directory. */
export interface Where {
  readonly office: Office;
  readonly by: Actor;
}

/**
 * What a directory does to users, all of it or nothing: one request changes name, address and status at once. The steps are those of
 * `UserAdministration`, with its permissions, events and notices: `active: false` disables and ends sessions, as in the console.
 */
export class UserProvisioning {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Adds a user of the role `user`, who is invited by mail unless they are to be inactive. */
  async add({ account, details, isActive }: WantedUser, { office, by }: Where): Promise<AddedUser> {
    const { administration, store } = this.#deps;
    const also = async (tx: Queryable, id: string) => {
      await store.keep(tx, { officeId: office.id, id, detailsVersion: 0 }, details);
      if (!isActive) {
        await this.#disableNew(tx, id, by);
      }
    };
    try {
      const draft = { ...account, role: "user" } as const;
      const added = await administration.add(draft, office, { by, invite: isActive, also });
      const user = added.type === "added" ? await store.find(office.id, { by: "id", id: added.id }) : null;
      return user === null ? { type: "not-permitted" } : { type: "added", user };
    } catch (error) {
      const isTaken = error instanceof OperatorError && (await this.#hasUser(office, account.username));
      return isTaken ? { type: "taken" } : takenOr(error);
    }
  }

  /** `decide` says what the user shall be like, from how the user is. */
  async change(
    id: string,
    decide: (user: ProvisionedUser) => WantedUser,
    { office, by }: Where,
  ): Promise<ChangedUser> {
    try {
      return await this.#deps.database.inOffice(office.id, (tx) =>
        this.#changeIn(tx, id, { decide, office, by }),
      );
    } catch (error) {
      return error instanceof Undone ? { type: error.type } : takenOr(error);
    }
  }

  /** Until the end of the transaction nothing else changes the user, whom `check` judges: it throws to refuse. */
  async hold(
    tx: Queryable,
    { office, id }: { readonly office: Office; readonly id: string },
    check: (user: ProvisionedUser) => void,
  ): Promise<void> {
    const { ranks, store } = this.#deps;
    await ranks.queue(tx);
    const user = await store.findLocked(tx, office.id, id);
    if (user !== null) {
      check(user);
    }
  }

  /** Throws Undone, which rolls everything back. */
  async #changeIn(
    tx: Queryable,
    id: string,
    { decide, office, by }: Where & { readonly decide: (user: ProvisionedUser) => WantedUser },
  ): Promise<ChangedUser> {
    const { users, ranks, store } = this.#deps;
    const seen = await store.find(office.id, { by: "id", id }, tx);
    if (seen === null) {
      return { type: "unknown" };
    }
    // From what is seen now, only whether the status changes: the office is locked before the user, as by every other change of it.
    const isTurned = decide(seen).isActive !== (seen.status === "active");
    if (isTurned) {
      await ranks.queue(tx);
    }
    const before = await store.findLocked(tx, office.id, id);
    const user = before === null ? null : await users.find(tx, id);
    if (before === null || user === null) {
      return { type: "unknown" };
    }
    // Under the lock the version that the request names is the current one, or it is refused.
    const wanted = decide(before);
    if ((wanted.isActive !== (before.status === "active")) !== isTurned) {
      return { type: "conflict" };
    }
    if (isTurned) {
      await this.#turn(tx, user, { isActive: wanted.isActive, by });
    }
    const version = before.version + (isTurned ? 1 : 0);
    await this.#edit(tx, { ...user, version }, { edit: { ...wanted.account, version }, by });
    await this.#keepDetails(tx, before, { details: wanted.details, office, by });
    const after = await store.find(office.id, { by: "id", id }, tx);
    return after === null ? { type: "unknown" } : { type: "changed", user: after };
  }

  async #turn(
    tx: Queryable,
    user: User,
    { isActive, by }: { readonly isActive: boolean; readonly by: Actor },
  ): Promise<void> {
    const { rankChange } = this.#deps;
    const target = aboutUser(user);
    const denial = isActive ? denialAlone(by, "user.enable", target) : denialOf(by, "user.disable", target);
    if (denial !== null) {
      throw new Undone("not-permitted");
    }
    if (isActive) {
      await rankChange.enable(tx, user, { actor: by.id });
    } else if (!(await rankChange.disable(tx, user, { actor: by.id }))) {
      throw new Undone("last");
    }
  }

  /** The account is locked only where it was changed, so the details have a version of their own. */
  async #keepDetails(
    tx: Queryable,
    before: ProvisionedUser,
    { details, office, by }: Where & { readonly details: DirectoryDetails },
  ): Promise<void> {
    const { store, audit } = this.#deps;
    const fields = DETAILS.filter((field) => before[field] !== details[field]);
    if (fields.length === 0) {
      return;
    }
    if (!(await store.keep(tx, { ...before, officeId: office.id }, details))) {
      throw new Undone("conflict");
    }
    await audit.add(tx, {
      ...{ type: "user.changed", outcome: "ok", officeId: office.id, actor: by.id, subject: before.id },
      details: { fields: fields.join(" ") },
    });
  }

  async #edit(
    tx: Queryable,
    user: User,
    how: { readonly edit: UserEdit; readonly by: Actor },
  ): Promise<void> {
    const { type } = await this.#deps.editing.editIn(tx, user, how);
    switch (type) {
      case "changed":
      case "unchanged":
        return;
      case "conflict":
        throw new Undone("conflict");
      case "username-taken":
        throw new Undone("taken");
      case "own":
      case "higher":
      case "elsewhere":
      case "not-permitted":
      case "needs-approval":
        throw new Undone("not-permitted");
    }
  }

  async #hasUser({ id }: Office, username: string): Promise<boolean> {
    return (await this.#deps.store.find(id, { by: "username", username })) !== null;
  }

  async #disableNew(tx: Queryable, id: string, by: Actor): Promise<void> {
    const { users, rankChange } = this.#deps;
    const user = await users.find(tx, id);
    if (user !== null) {
      await rankChange.disable(tx, user, { actor: by.id });
    }
  }
}

const DETAILS = ["externalId", "givenName", "familyName"] as const;
