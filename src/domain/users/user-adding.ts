import {
  denialOfRole,
  isOfPlatform,
  roleNeedsApproval,
  rolesToGiveAlone,
  type RoleDenial,
} from "../access/access.ts";
import { aboutOffice, type Actor } from "../access/actor.ts";
import type { Role } from "../access/role.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { NumberService } from "../factors/number-service.ts";
import type { PasswordLinks } from "../credentials/password-links.ts";
import type { Office } from "../offices/office.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import { randomToken } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";
import type { SuperuserNotices } from "./superuser-notices.ts";
import type { NewUser } from "./user.ts";
import type { AlsoWhenAdded, UserPasswords } from "./user-passwords.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly ranks: UserRankStore;
  readonly superusers: SuperuserNotices;
  readonly passwords: UserPasswords;
  readonly passwordLinks: PasswordLinks;
  readonly numbers: Pick<NumberService, "setFirst">;
}

/** The new user's mobile number (E.164), to be confirmed at the first sign-in; null: none is known. */
interface FirstNumber {
  readonly mobile?: string | null;
}

interface AlsoAdded {
  readonly also?: AlsoWhenAdded;
}

/** `needs-approval`: the office has a superuser, and support does not add another one alone. */
export type AddResult =
  | { readonly type: "added"; readonly id: string; readonly isInvited: boolean }
  | { readonly type: RoleDenial | "needs-approval" };

/** The password that the operator or the demo gives. */
export interface AddAccess extends FirstNumber, AlsoAdded {
  readonly by: Actor;
  readonly password: Secret;
  readonly stays?: boolean;
}

export type AddedWithPassword =
  { readonly type: "added"; readonly id: string } | { readonly type: RoleDenial };

/** Adds users, for `UserAdministration`. */
export class UserAdding {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Adds a user with a random password that is not stored; with a mail address and `invite`, a link to choose one is sent.
   * Throws an OperatorError for a taken username.
   */
  async add(
    draft: NewUser,
    office: Office,
    { by, invite, mobile = null, also: more }: { by: Actor; invite: boolean } & FirstNumber & AlsoAdded,
  ): Promise<AddResult> {
    const { passwords, users, database, passwordLinks } = this.#deps;
    const action = invite ? "user.invite" : "user.add";
    const given = { role: draft.role, office, target: aboutOffice(office) };
    const denial = denialOfRole(by, action, given);
    if (denial !== null) {
      return { type: denial };
    }
    // Not known to any person, so there is nothing to change at the first sign-in, which needs a link anyway.
    const access = { password: new Secret(randomToken()), actor: by.id, stays: true };
    const also = async (tx: Queryable, id: string) => {
      await this.#complete(tx, { ...draft, id, officeId: office.id }, { by, mobile });
      await more?.(tx, id);
    };
    const id = await passwords.add(draft, office, { ...access, also }).catch(notAlone);
    if (id === null) {
      return { type: "needs-approval" };
    }
    const user = await database.inOffice(office.id, (tx) => users.find(tx, id));
    const isInvited = invite && user !== null && (await passwordLinks.send(user, "invitation", by.id));
    return { type: "added", id, isInvited };
  }

  /**
   * Adds a user with this password, to be changed at the first sign-in unless it `stays`. Throws an OperatorError for a weak
   * password or a taken username.
   */
  async addWithPassword(
    draft: NewUser,
    office: Pick<Office, "id" | "code" | "name">,
    { by, password, also, stays, mobile = null }: AddAccess,
  ): Promise<AddedWithPassword> {
    const given = { role: draft.role, office, target: aboutOffice(office) };
    const denial = denialOfRole(by, "user.set-password", given);
    if (denial !== null) {
      return { type: denial };
    }
    const alsoNotified = async (tx: Queryable, id: string) => {
      await also?.(tx, id);
      await this.#complete(tx, { ...draft, id, officeId: office.id }, { by, mobile });
    };
    const access = { password, actor: by.id, also: alsoNotified, stays };
    return { type: "added", id: await this.#deps.passwords.add(draft, office, access) };
  }

  /** The roles that the actor may give to a new user of the office without a second person. */
  rolesToGiveAlone(office: Office, by: Actor): Promise<readonly Role[]> {
    return this.#deps.database.inOffice(office.id, async (tx) =>
      rolesToGiveAlone(by, office, await this.#hasSuperuser(tx, by)),
    );
  }

  /** What belongs to a new user besides the row, in the transaction that adds it. */
  async #complete(
    tx: Queryable,
    user: NewUser & { id: string; officeId: string },
    { by, mobile }: { by: Actor; mobile: string | null },
  ): Promise<void> {
    await this.#madeSuperuser(tx, user, by);
    if (mobile !== null) {
      const contact = { ...user, language: user.language ?? DEFAULT_LANGUAGE };
      await this.#deps.numbers.setFirst(tx, contact, mobile, { actor: by.id, reason: null });
    }
  }

  /** In the transaction that adds a user. Throws NotAlone, which undoes it, where a second person has to agree first. */
  async #madeSuperuser(
    tx: Queryable,
    user: NewUser & { id: string; officeId: string },
    by: Actor,
  ): Promise<void> {
    if (user.role !== "superuser") {
      return;
    }
    if (roleNeedsApproval(by, { before: null, role: user.role }, await this.#hasSuperuser(tx, by, user.id))) {
      throw new NotAlone();
    }
    await this.#deps.superusers.changed(tx, user, "made");
  }

  /** Only the platform's rights depend on it. */
  async #hasSuperuser(tx: Queryable, by: Actor, except: string | null = null): Promise<boolean> {
    return isOfPlatform(by) && (await this.#deps.ranks.hasSuperuser(tx, now(), except));
  }
}

/** Rolls the transaction back. */
class NotAlone extends Error {}

function notAlone(error: unknown): null {
  if (error instanceof NotAlone) {
    return null;
  }
  throw error;
}
