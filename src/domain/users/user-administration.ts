import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import { randomToken } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Notice, Notices } from "../../platform/messages/notices.ts";
import type { Office } from "../offices/office.ts";
import { denialOf, denialOfRole, type Denial, type RoleDenial } from "../access/access.ts";
import { aboutOffice, aboutUser, type Actor } from "../access/actor.ts";
import type { PasswordLinks } from "../credentials/password-links.ts";
import type { NewUser, User } from "./user.ts";
import type { Role } from "../access/role.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { UserService } from "./user-passwords.ts";
import type { UserStore } from "./user-store.ts";

interface Parts {
  readonly database: Database;
  readonly users: UserStore;
  readonly ranks: UserRankStore;
  readonly userService: UserService;
  readonly passwordLinks: PasswordLinks;
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly clock: Clock;
}

export type AddResult =
  | { readonly type: "added"; readonly id: string; readonly isInvited: boolean }
  | { readonly type: RoleDenial };

/** `last`: the office would be left without anybody of that role. `overtaken`: the role was changed meanwhile. */
export type RoleResult = {
  readonly type: "changed" | "unchanged" | "last" | "overtaken" | RoleDenial;
};

/** `no-link`: no mail address, one that is held, a disabled user, or a closed office. */
export type SendResult = { readonly type: "sent" | "no-link" | Denial };

/** What one person does about another's place in an office. None of it answers a password, or a link to choose one. */
export class PeopleService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Adds somebody with a password that nobody knows or is told; with a mail address and `invite` a link to choose one
   * goes out. Throws an OperatorError for a taken username.
   */
  async add(
    draft: NewUser,
    office: Office,
    { by, invite }: { by: Actor; invite: boolean },
  ): Promise<AddResult> {
    const { userService, users, database, passwordLinks } = this.#parts;
    const action = invite ? "user.invite" : "user.add";
    const given = { role: draft.role, office, target: aboutOffice(office) };
    const fault = denialOfRole(by, action, given);
    if (fault !== null) {
      return { type: fault };
    }
    const access = { password: new Secret(randomToken()), actor: by.id };
    const id = await userService.add(draft, office, access);
    const user = await database.inOffice(office.id, (tx) => users.find(tx, id));
    const isInvited = invite && user !== null && (await passwordLinks.send(user, "invitation", by.id));
    return { type: "added", id, isInvited };
  }

  /** Ends every session and token, so that none speaks of the former role; the person is told by mail. */
  async changeRole(
    user: User,
    role: Role,
    { office, by }: { office: Office; by: Actor },
  ): Promise<RoleResult> {
    const { database, users, ranks, clock } = this.#parts;
    const fault = denialOfRole(by, "user.change-role", { role, office, target: aboutUser(user) });
    if (fault !== null) {
      return { type: fault };
    }
    if (role === user.role) {
      return { type: "unchanged" };
    }
    return database.inOffice(user.officeId, async (tx) => {
      const before = user.role;
      if (!(await ranks.changeRole(tx, user.id, { before, role, at: clock() }))) {
        const now = await users.find(tx, user.id);
        return { type: now?.role === before ? "last" : "overtaken" };
      }
      await this.#record(tx, user, { type: "user.role-changed", actor: by.id, details: { before, role } });
      await this.#tell(tx, user, "roleChanged", { before, role });
      return { type: "changed" };
    });
  }

  /** Ends sessions, tokens and links; the last superuser of an office and the last member of support stay. */
  async disable(user: User, by: Actor): Promise<{ readonly type: "disabled" | "last" | Denial }> {
    const obstacle = denialOf(by, "user.disable", aboutUser(user));
    if (obstacle !== null) {
      return { type: obstacle };
    }
    return { type: (await this.#parts.userService.disable(user, by.id)) ? "disabled" : "last" };
  }

  async enable(user: User, by: Actor): Promise<{ readonly type: "enabled" | Denial }> {
    const obstacle = denialOf(by, "user.enable", aboutUser(user));
    if (obstacle === null) {
      await this.#parts.userService.enable(user, by.id);
    }
    return { type: obstacle ?? "enabled" };
  }

  /** Every session, every token. */
  async endSessions(user: User, by: Actor): Promise<{ readonly type: "ended" | Denial }> {
    const { database, users, clock } = this.#parts;
    const obstacle = denialOf(by, "user.end-sessions", aboutUser(user));
    if (obstacle !== null) {
      return { type: obstacle };
    }
    await database.inOffice(user.officeId, async (tx) => {
      await users.endSessions(tx, user.id, clock());
      await this.#record(tx, user, { type: "sessions.ended", actor: by.id });
      await this.#tell(tx, user, "sessionsEndedByOffice", {});
    });
    return { type: "ended" };
  }

  /** Mails the user a link; whoever sends it never sees it. */
  async sendPasswordLink(
    user: User,
    purpose: "password-reset" | "invitation",
    by: Actor,
  ): Promise<SendResult> {
    const obstacle = denialOf(by, "user.send-password-link", aboutUser(user));
    if (obstacle !== null) {
      return { type: obstacle };
    }
    return { type: (await this.#parts.passwordLinks.send(user, purpose, by.id)) ? "sent" : "no-link" };
  }

  async #tell(
    tx: Queryable,
    user: User,
    notice: Notice,
    values: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { users, notices } = this.#parts;
    const account = await users.findAccount(user.id, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, notice, values);
  }

  #record(
    tx: Queryable,
    { id, officeId }: User,
    event: Pick<AuditEvent, "type" | "actor" | "details">,
  ): Promise<void> {
    return this.#parts.audit.add(tx, { ...event, outcome: "ok", officeId, subject: id });
  }
}
