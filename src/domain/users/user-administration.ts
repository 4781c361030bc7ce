import { denialOf, denialOfRole, type Denial, type RoleDenial } from "../access/access.ts";
import { aboutOffice, aboutUser, type Actor } from "../access/actor.ts";
import type { Role } from "../access/role.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import type { PasswordLinks } from "../credentials/password-links.ts";
import type { Office } from "../offices/office.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import { randomToken } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Notice, Notices } from "../../platform/messages/notices.ts";
import type { NewUser, User } from "./user.ts";
import type { UserEdit } from "./user-edit.ts";
import type { EditResult, UserEditing } from "./user-editing.ts";
import type { AlsoWhenAdded, UserPasswords } from "./user-passwords.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly ranks: UserRankStore;
  readonly links: OneTimeLinkStore;
  readonly passwords: UserPasswords;
  readonly editing: UserEditing;
  readonly passwordLinks: PasswordLinks;
  readonly notices: Notices;
  readonly audit: AuditStore;
}

export type AddResult =
  | { readonly type: "added"; readonly id: string; readonly isInvited: boolean }
  | { readonly type: RoleDenial };

/** `last`: the office would have no active user of that role. `overtaken`: the role was changed in the meantime. */
export type RoleResult = { readonly type: "changed" | "unchanged" | "last" | "overtaken" | RoleDenial };

/** `no-link`: no mail address, one that is held, a disabled user, or a closed office. */
export type SendResult = { readonly type: "sent" | "no-link" | Denial };

/** Everything that another user, or the operator, can do to a user's account, except for the second factor. */
export class UserAdministration {
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
    { by, invite }: { by: Actor; invite: boolean },
  ): Promise<AddResult> {
    const { passwords, users, database, passwordLinks } = this.#deps;
    const action = invite ? "user.invite" : "user.add";
    const given = { role: draft.role, office, target: aboutOffice(office) };
    const denial = denialOfRole(by, action, given);
    if (denial !== null) {
      return { type: denial };
    }
    // Nobody knows it, so there is nothing to change at the first sign-in, which needs a link anyway.
    const access = { password: new Secret(randomToken()), actor: by.id, stays: true };
    const id = await passwords.add(draft, office, access);
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
    { by, password, also, stays }: { by: Actor; password: Secret; also?: AlsoWhenAdded; stays?: boolean },
  ): Promise<{ readonly type: "added"; readonly id: string } | { readonly type: RoleDenial }> {
    const given = { role: draft.role, office, target: aboutOffice(office) };
    const denial = denialOfRole(by, "user.set-password", given);
    if (denial !== null) {
      return { type: denial };
    }
    const id = await this.#deps.passwords.add(draft, office, { password, actor: by.id, also, stays });
    return { type: "added", id };
  }

  /** `user` as it was read just now; the edit names the version that its author saw. */
  edit(user: User, edit: UserEdit, by: Actor): Promise<EditResult> {
    return this.#deps.editing.edit(user, edit, by);
  }

  /** Ends every session and token, so that none carries the previous role; the user is notified by mail. */
  async changeRole(
    user: User,
    role: Role,
    { office, by }: { office: Office; by: Actor },
  ): Promise<RoleResult> {
    const { database, users, ranks } = this.#deps;
    const denial = denialOfRole(by, "user.change-role", { role, office, target: aboutUser(user) });
    if (denial !== null) {
      return { type: denial };
    }
    if (role === user.role) {
      return { type: "unchanged" };
    }
    return database.inOffice(user.officeId, async (tx) => {
      const before = user.role;
      if (!(await ranks.changeRole(tx, user.id, { before, role, at: now() }))) {
        const now = await users.find(tx, user.id);
        return { type: now?.role === before ? "last" : "overtaken" };
      }
      await this.#record(tx, user, { type: "user.role-changed", actor: by.id, details: { before, role } });
      await this.#notify(tx, user, "roleChanged", { before, role });
      return { type: "changed" };
    });
  }

  /** Ends sessions, tokens and links; the last superuser of an office and the last member of support cannot be disabled. */
  async disable(user: User, by: Actor): Promise<{ readonly type: "disabled" | "last" | Denial }> {
    const { database, ranks, links } = this.#deps;
    const denial = denialOf(by, "user.disable", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    return database.inOffice(user.officeId, async (tx) => {
      if (!(await ranks.disable(tx, user.id, now()))) {
        return { type: "last" };
      }
      await links.voidAll(tx, user.id);
      await this.#record(tx, user, { type: "user.disabled", actor: by.id });
      return { type: "disabled" };
    });
  }

  async enable(user: User, by: Actor): Promise<{ readonly type: "enabled" | Denial }> {
    const { database, ranks } = this.#deps;
    const denial = denialOf(by, "user.enable", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    await database.inOffice(user.officeId, async (tx) => {
      await ranks.enable(tx, user.id, now());
      await this.#record(tx, user, { type: "user.enabled", actor: by.id });
    });
    return { type: "enabled" };
  }

  /** Ends every session and every token. */
  async endSessions(user: User, by: Actor): Promise<{ readonly type: "ended" | Denial }> {
    const { database, users } = this.#deps;
    const denial = denialOf(by, "user.end-sessions", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    await database.inOffice(user.officeId, async (tx) => {
      await users.endSessions(tx, user.id, now());
      await this.#record(tx, user, { type: "sessions.ended", actor: by.id });
      await this.#notify(tx, user, "sessionsEndedByOffice", {});
    });
    return { type: "ended" };
  }

  /** Mails the user a link, which the actor never sees. */
  async sendPasswordLink(
    user: User,
    purpose: "password-reset" | "invitation",
    by: Actor,
  ): Promise<SendResult> {
    const denial = denialOf(by, "user.send-password-link", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    return { type: (await this.#deps.passwordLinks.send(user, purpose, by.id)) ? "sent" : "no-link" };
  }

  /**
   * Ends every session, token and link of the user, who changes the password at the next sign-in unless it `stays`. Throws an
   * OperatorError for a weak password.
   */
  async changePassword(
    user: User,
    access: {
      by: Actor;
      password: Secret;
      office: Pick<Office, "code" | "name">;
      stays?: boolean;
    },
  ): Promise<{ readonly type: "changed" | Denial }> {
    const { by, password, office, stays } = access;
    const denial = denialOf(by, "user.set-password", aboutUser(user));
    if (denial === null) {
      await this.#deps.passwords.change(user, { password, actor: by.id, office, stays });
    }
    return { type: denial ?? "changed" };
  }

  /** The next sign-in ends with choosing a new password. */
  async expirePassword(user: User, by: Actor): Promise<{ readonly type: "expired" | Denial }> {
    const denial = denialOf(by, "user.expire-password", aboutUser(user));
    if (denial === null) {
      await this.#deps.passwords.expire(user, by.id);
    }
    return { type: denial ?? "expired" };
  }

  /** Returns the address of a link to choose a password, to be printed at the terminal; see `UserPasswords`. */
  async makeFirstLink(
    user: User,
    by: Actor,
  ): Promise<{ readonly type: "made"; readonly link: Secret } | { readonly type: Denial }> {
    const denial = denialOf(by, "user.print-link", aboutUser(user));
    return denial === null
      ? { type: "made", link: await this.#deps.passwords.makeFirstLink(user, by.id) }
      : { type: denial };
  }

  async #notify(
    tx: Queryable,
    user: User,
    notice: Notice,
    values: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { users, notices } = this.#deps;
    const account = await users.findAccount(user.id, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, notice, values);
  }

  #record(
    tx: Queryable,
    { id, officeId }: User,
    event: Pick<AuditEvent, "type" | "actor" | "details">,
  ): Promise<void> {
    return this.#deps.audit.add(tx, { ...event, outcome: "ok", officeId, subject: id });
  }
}
