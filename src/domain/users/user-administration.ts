import {
  denialAlone,
  denialOf,
  denialOfRole,
  isOfPlatform,
  roleNeedsApproval,
  type Denial,
  type RoleDenial,
} from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { Role } from "../access/role.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { PasswordLinks } from "../credentials/password-links.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { Office } from "../offices/office.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Notice, Notices } from "../../platform/messages/notices.ts";
import type { EndSessionResult, SessionEnding } from "./session-ending.ts";
import type { RankChange } from "./rank-change.ts";
import type { AddAccess, AddedWithPassword, AddResult, UserAdding } from "./user-adding.ts";
import type { NewUser, User } from "./user.ts";
import type { UserEdit } from "./user-edit.ts";
import type { EditResult, ProveResult, UserEditing } from "./user-editing.ts";
import type { DeleteHow, DeleteResult, UserDeletion } from "./user-deletion.ts";
import type { UserPasswords } from "./user-passwords.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly ranks: UserRankStore;
  readonly rankChange: RankChange;
  readonly deletion: UserDeletion;
  readonly passwords: UserPasswords;
  readonly adding: UserAdding;
  readonly editing: UserEditing;
  readonly passwordLinks: PasswordLinks;
  readonly numberRequests: EndedNumberRequests;
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly sessions: SessionEnding;
}

/** `needs-approval`: a second person has to agree, see `Approvals`. */
type Alone = "needs-approval";

/** `last`: the office would have no active user of that role. `overtaken`: the role was changed in the meantime. */
export type RoleResult = {
  readonly type: "changed" | "unchanged" | "last" | "overtaken" | RoleDenial | Alone;
};

/** `no-link`: no email address, one that is held or to which the codes go, a disabled user, or a closed office. */
export type SendResult = { readonly type: "sent" | "no-link" | Denial };

/** Everything that another user, or the operator, can do to a user's account, except for the second factor. */
export class UserAdministration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Without a password: with a mail address and `invite`, a link to choose one is sent. */
  add(draft: NewUser, office: Office, how: Parameters<UserAdding["add"]>[2]): Promise<AddResult> {
    return this.#deps.adding.add(draft, office, how);
  }

  /** With a password, to be changed at the first sign-in unless it `stays`. Throws an OperatorError for a weak one. */
  addWithPassword(
    draft: NewUser,
    office: Pick<Office, "id" | "code" | "name">,
    access: AddAccess,
  ): Promise<AddedWithPassword> {
    return this.#deps.adding.addWithPassword(draft, office, access);
  }

  /** The roles that the actor may give to a new user of the office without a second person. */
  rolesToGiveAlone(office: Office, by: Actor): Promise<readonly Role[]> {
    return this.#deps.adding.rolesToGiveAlone(office, by);
  }

  /** `user` as it was read just now; the edit names the version that its author saw. */
  edit(user: User, edit: UserEdit, by: Actor): Promise<EditResult> {
    return this.#deps.editing.edit(user, edit, by);
  }

  /**
   * Ends every session and token, so that none carries the previous role; the user is notified by mail, and the superusers of
   * the office when it makes or unmakes one.
   */
  async changeRole(
    user: User,
    role: Role,
    { office, by }: { office: Office; by: Actor },
  ): Promise<RoleResult> {
    const { database, ranks, rankChange } = this.#deps;
    const denial = denialOfRole(by, "user.change-role", { role, office, target: aboutUser(user) });
    if (denial !== null) {
      return { type: denial };
    }
    if (role === user.role) {
      return { type: "unchanged" };
    }
    return database.inOffice(user.officeId, async (tx) => {
      // Only the platform's rights depend on it.
      const hasSuperuser = isOfPlatform(by) && (await ranks.hasSuperuser(tx, now()));
      if (roleNeedsApproval(by, { before: user.role, role }, hasSuperuser)) {
        return { type: (await ranks.isLast(tx, user.id)) ? "last" : "needs-approval" };
      }
      return { type: await rankChange.changeRole(tx, user, { role, by: { actor: by.id } }) };
    });
  }

  /**
   * Ends sessions, tokens and links; the last superuser of an office and the last member of support cannot be disabled. One
   * member of support may do it alone, to stop an attack; letting a superuser in again takes two.
   */
  async disable(user: User, by: Actor): Promise<{ readonly type: "disabled" | "last" | Denial }> {
    const { database, rankChange } = this.#deps;
    const denial = denialOf(by, "user.disable", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    return database.inOffice(user.officeId, async (tx) => {
      const isDone = await rankChange.disable(tx, user, { actor: by.id });
      return { type: isDone ? "disabled" : "last" };
    });
  }

  async enable(user: User, by: Actor): Promise<{ readonly type: "enabled" | Denial | Alone }> {
    const { database, rankChange } = this.#deps;
    const denial = denialAlone(by, "user.enable", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    await database.inOffice(user.officeId, (tx) => rankChange.enable(tx, user, { actor: by.id }));
    return { type: "enabled" };
  }

  /** Deletes the account with everything that belongs to it, for good. */
  delete(user: User, how: DeleteHow): Promise<DeleteResult> {
    return this.#deps.deletion.delete(user, how);
  }

  /** Ends every session and every token. */
  endSessions(user: User, by: Actor): Promise<{ readonly type: "ended" | Denial }> {
    return this.#deps.sessions.endAll(user, by);
  }

  /** Ends one session with its tokens. */
  endSession(user: User, uid: string, by: Actor): Promise<EndSessionResult> {
    return this.#deps.sessions.endOne(user, uid, by);
  }

  /** Mails the user a link, which the actor never sees. `form` names the page's form: sent twice, it mails one. */
  async sendPasswordLink(
    user: User,
    purpose: "password-reset" | "invitation",
    by: Actor,
    form?: string,
  ): Promise<SendResult> {
    const denial = denialOf(by, "user.send-password-link", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    const isSent = await this.#deps.passwordLinks.send(user, purpose, by.id, form);
    return { type: isSent ? "sent" : "no-link" };
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

  /** Says that the mail address is the user's own, so that applications get it as verified. */
  proveMail(user: User, by: Actor): Promise<ProveResult> {
    return this.#deps.editing.proveMail(user, by);
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
