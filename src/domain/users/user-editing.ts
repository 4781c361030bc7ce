import { SQLSTATE } from "../../platform/database/sqlstate.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Conflict, LastChangeStore } from "../audit/last-change-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { codeOf } from "../../kernel/errors.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { denialAlone, denialOf, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { Action } from "../access/permissions.ts";
import type { DisputeLinks } from "../credentials/dispute-links.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import { isOtherMailbox } from "../factors/email/email-address.ts";
import type { EndedCodes, EndedEmailCodes } from "../factors/email/ended-email-codes.ts";
import type { MailboxStore } from "./mailbox-store.ts";
import type { User } from "./user.ts";
import { differences, edited, type EDITABLE, type UserEdit } from "./user-edit.ts";
import type { UserEditStore } from "./user-edit-store.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: UserEditStore;
  readonly users: UserStore;
  readonly mailbox: MailboxStore;
  readonly emailCodes: EndedEmailCodes;
  readonly offices: OfficeStore;
  readonly links: OneTimeLinkStore;
  readonly disputes: DisputeLinks;
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly lastChange: LastChangeStore;
}

export type EditResult =
  | { readonly type: "changed"; readonly user: User }
  | { readonly type: "unchanged" }
  | { readonly type: "username-taken" }
  /** `own`: an administrator cannot set their own email address here; the account page proves it first. */
  | { readonly type: Denial }
  /** The username and the email address of a superuser or a colleague are not changed by one member of support. */
  | { readonly type: "needs-approval" }
  | Conflict<User>;

/** `no-mail`: there is none, or another one by now. */
export type ProveResult = { readonly type: "proved" | "no-mail" | Denial };

/** Fields that lead to the account, here or in an application. */
const TAKES: Partial<Record<(typeof EDITABLE)[number], Action>> = {
  username: "user.rename",
  mail: "user.edit-mail",
};

/** For how long the owner of the previous address can undo a change. */
const UNDO_HOURS = 48;
const CHANGES: readonly AuditType[] = [
  ...(["user.added", "user.changed", "user.role-changed", "user.disabled", "user.enabled"] as const),
  ...(["profile.changed", "mail.changed", "mail.restored"] as const),
];

/** Edits a user's name, username, email address and language, for `UserAdministration`. */
export class UserEditing {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `user` as it was read just now; the edit names the version that its author saw. */
  async edit(user: User, edit: UserEdit, by: Actor): Promise<EditResult> {
    try {
      return await this.#deps.database.inOffice(user.officeId, (tx) => this.editIn(tx, user, { edit, by }));
    } catch (error) {
      if (codeOf(error) === SQLSTATE.UNIQUE_VIOLATION) {
        return { type: "username-taken" };
      }
      throw error;
    }
  }

  /** The same in a transaction of the user's office. Throws PostgreSQL's 23505 for a taken username. */
  async editIn(
    tx: Queryable,
    user: User,
    { edit, by }: { readonly edit: UserEdit; readonly by: Actor },
  ): Promise<EditResult> {
    const wanted = { ...edited(user, edit), version: edit.version };
    const fields = differences(user, wanted);
    // First of all, so that a second click of the same button is no conflict.
    if (fields.length === 0) {
      return { type: "unchanged" };
    }
    const target = aboutUser(user);
    const actions = fields.flatMap((field) => TAKES[field] ?? []);
    const denials = actions.map((action) => denialAlone(by, action, target));
    const denial = denialOf(by, "user.edit", target) ?? denials.find((one) => one !== null) ?? null;
    return denial === null ? this.#store(tx, user, { wanted, by }) : { type: denial };
  }

  /** `user` as it was read just now: an address that replaced the one in it is not proved. */
  async proveMail(user: User, by: Actor): Promise<ProveResult> {
    const { database, mailbox, audit } = this.#deps;
    const denial = denialOf(by, "user.prove-mail", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    const { id, officeId, mail } = user;
    return database.inOffice(officeId, async (tx) => {
      if (mail === null || !(await mailbox.prove(tx, id, { mail, at: now() }))) {
        return { type: "no-mail" };
      }
      await audit.add(tx, { type: "mail.proved", outcome: "ok", officeId, actor: by.id, subject: id });
      return { type: "proved" };
    });
  }

  async #store(tx: Queryable, user: User, { wanted, by }: { wanted: User; by: Actor }): Promise<EditResult> {
    const { store, users, lastChange, audit } = this.#deps;
    const stored = wanted.version === user.version ? await store.edit(tx, wanted, now()) : null;
    if (stored === null) {
      const current = (await users.find(tx, user.id)) ?? user;
      return { type: "conflict", last: await lastChange.find(tx, user.id, CHANGES), current };
    }
    const who = { officeId: user.officeId, actor: by.id, subject: user.id, outcome: "ok" } as const;
    const fields = differences(user, wanted);
    await audit.add(tx, { type: "user.changed", ...who, details: { fields: fields.join(" ") } });
    if (isOtherMailbox(user.mail, wanted.mail)) {
      await audit.add(tx, { type: "mail.changed", ...who });
      const codes = await this.#deps.emailCodes.end(tx, user, { actor: by.id });
      await this.#notifyBothAddresses(tx, user, { wanted, codes });
    }
    return { type: "changed", user: { ...wanted, ...stored } };
  }

  /** The previous address can undo it; the new one learns that links wait. Older links end. */
  async #notifyBothAddresses(
    tx: Queryable,
    before: User,
    { wanted, codes }: { readonly wanted: User; readonly codes: EndedCodes },
  ): Promise<void> {
    const { offices, links, disputes, notices } = this.#deps;
    const { name, mail, language } = wanted;
    const { id, officeId } = before;
    await links.voidAll(tx, id);
    const office = await offices.find(officeId, tx);
    const to = { id, name, officeId, language: language ?? office?.language ?? DEFAULT_LANGUAGE };
    if (before.mail !== null) {
      const until = epochSeconds(now()) + UNDO_HOURS * 60 * 60;
      const { role, mail: previous, isMailProved: wasProved } = before;
      const data = { kind: "mail-change", before: previous, until, wasProved, role, codes: codes.window };
      const link = await disputes.link(tx, before, data);
      await notices.send(tx, { ...to, mail: before.mail }, "mailReplaced", { link });
    }
    await notices.send(tx, { ...to, mail }, "mailEntered", { codes: codes.wereThere ? "ended" : "none" });
  }
}
