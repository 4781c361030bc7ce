import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { NewPasswordCheck, NewPasswordFault, PasswordOwner } from "../credentials/new-password-check.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import type { PasswordHasher } from "../credentials/password.ts";
import { PASSWORD_LENGTH } from "../credentials/password-rules.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { homeOf, idAt } from "../../kernel/home.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Office } from "../offices/office.ts";
import type { NewUser, User } from "./user.ts";
import type { UserStore } from "./user-store.ts";
import type { UserRef } from "./user-ref.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly links: OneTimeLinkStore;
  readonly hasher: PasswordHasher;
  readonly newPasswords: NewPasswordCheck;
  readonly numberRequests: EndedNumberRequests;
  readonly audit: AuditStore;
  /** Every link starts with it. */
  readonly issuer: string;
}

/** A password that an administrator or a program sets. */
interface GivenPassword {
  readonly password: Secret;
  readonly actor: string;
  /**
   * Whether it stays after the first sign-in. Without this the user has to choose another one there, because a password
   * that another person knows, or that was printed or sent, is not the user's own (OWASP ASVS 5.0.0 6.4.1).
   */
  readonly stays?: boolean | undefined;
}

/** Runs in the transaction that adds something, so that neither exists without the other. */
export type AlsoWhenAdded = (tx: Queryable, id: string) => Promise<void>;

const FAULTS: Record<NewPasswordFault, string> = {
  "too-short": `The password must have at least ${String(PASSWORD_LENGTH.minimum)} characters.`,
  "too-long": `The password must have at most ${String(PASSWORD_LENGTH.maximum)} characters.`,
  "too-easy": "The password is too easy to guess. A few unrelated words make a good one.",
  "too-often": "Too many passwords were tried. Wait ten minutes.",
  breached: "The password appeared in a known data breach. Choose another one.",
  forbidden:
    "The password is on the list of forbidden ones (VESTIBULE_FORBIDDEN_PASSWORDS). Choose another one.",
};

/** Adds users and changes their passwords, for `UserAdministration`, which checks permission. */
export class UserPasswords {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Returns the new user's id. Throws an OperatorError for a weak password or a taken username. */
  async add(
    draft: NewUser,
    office: Pick<Office, "id" | "code" | "name">,
    access: GivenPassword & { also?: AlsoWhenAdded | undefined },
  ): Promise<string> {
    const { database, users, hasher } = this.#deps;
    await this.#requireStrong(access.password, { ...draft, office, id: null });
    const user = {
      ...draft,
      id: idAt(homeOf(office.id)),
      officeId: office.id,
      passwordHash: await hasher.hash(access.password.reveal()),
      isPasswordExpired: access.stays !== true,
      at: now(),
    };
    await database.inOffice(office.id, async (tx) => {
      if (!(await users.add(tx, user))) {
        throw new OperatorError(`The username ${draft.username} is taken in the office ${office.code}.`);
      }
      await this.#record(tx, user, {
        type: "user.added",
        actor: access.actor,
        details: { role: draft.role },
      });
      await access.also?.(tx, user.id);
    });
    return user.id;
  }

  /** Ends every session, token and link of the user with the change. Throws an OperatorError for a weak password. */
  async change(user: User, access: GivenPassword & { office: PasswordOwner["office"] }): Promise<void> {
    const { database, users, links, numberRequests, hasher } = this.#deps;
    await this.#requireStrong(access.password, { ...user, office: access.office, id: null });
    const passwordHash = await hasher.hash(access.password.reveal());
    await database.inOffice(user.officeId, async (tx) => {
      const at = now();
      await users.changePassword(tx, user.id, passwordHash, at);
      if (access.stays !== true) {
        await users.expirePassword(tx, user.id, at);
      }
      await links.voidAll(tx, user.id);
      await this.#record(tx, user, { type: "password.changed", actor: access.actor });
      await numberRequests.cancel(tx, user, access);
    });
  }

  async expire(user: User, actor: string): Promise<void> {
    const { database, users, numberRequests } = this.#deps;
    await database.inOffice(user.officeId, async (tx) => {
      await users.expirePassword(tx, user.id, now());
      await this.#record(tx, user, { type: "password.expired", actor });
      await numberRequests.cancel(tx, user, { actor });
    });
  }

  /**
   * The address at which platform staff choose their first password: the first member is added before mail may be set up,
   * so it is printed, once. It has 256 random bits, is valid for 24 hours and one use, and ends when the mail address
   * changes.
   */
  async makeFirstLink(user: User, actor: string): Promise<Secret> {
    const { database, links, issuer } = this.#deps;
    const { id: userId, officeId, mail } = user;
    return database.inOffice(officeId, async (tx) => {
      // It never went to the mailbox, so that opening it does not prove the address.
      const data = { mail, applicationId: null, isMailed: false };
      const token = await links.make(tx, { purpose: "invitation", officeId, userId, at: now(), data });
      const details = { purpose: "invitation", by: "terminal" };
      await this.#record(tx, user, { type: "password-link.sent", actor, details });
      return new Secret(`${issuer}/invitation/${token.reveal()}`);
    });
  }

  async #requireStrong(password: Secret, owner: PasswordOwner): Promise<void> {
    const fault = await this.#deps.newPasswords.fault(password.reveal(), owner);
    if (fault !== null) {
      throw new OperatorError(FAULTS[fault]);
    }
  }

  #record(
    tx: Queryable,
    user: UserRef,
    event: Pick<AuditEvent, "type" | "actor" | "details">,
  ): Promise<void> {
    return this.#deps.audit.add(tx, { ...event, outcome: "ok", officeId: user.officeId, subject: user.id });
  }
}
