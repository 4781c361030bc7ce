import type { TextValues } from "../../kernel/languages.ts";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import { isJustMadeBy, type LastChangeStore } from "../audit/last-change-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Notice, Notices } from "../../platform/messages/notices.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { NewPasswordCheck, NewPasswordFault } from "../credentials/new-password-check.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import type { PasswordHasher } from "../credentials/password.ts";
import type { PasswordCheck } from "../credentials/password-check.ts";
import type { Account, OwnProfile } from "./user.ts";
import type { ProofAge } from "./still-proved.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly links: OneTimeLinkStore;
  readonly passwords: PasswordCheck;
  readonly hasher: PasswordHasher;
  readonly newPasswords: NewPasswordCheck;
  readonly numberRequests: EndedNumberRequests;
  readonly audit: AuditStore;
  readonly lastChange: LastChangeStore;
  readonly notices: Notices;
}

/** The account and its session, for changes by its owner. */
export interface AccountSession {
  readonly account: Account;
  readonly visitor: Visitor;
  /** Tokens of the browser's cookie, each of another user. */
  readonly browser: readonly string[];
  readonly proof: ProofAge;
  /** Whether it proved a second factor, and not the password alone. */
  readonly hasProvedFactor: boolean;
}

export type OwnPasswordResult =
  | { readonly type: "changed" }
  | { readonly type: "wrong" }
  | { readonly type: "too-many"; readonly until: Date }
  | { readonly type: "fault"; readonly fault: NewPasswordFault };

/** Changes that users make to their own accounts: each with its event and its notice in one transaction. */
export class OwnAccount {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Without a change, such as by a form that is sent twice, no event and no notice. */
  async changeProfile(owner: AccountSession, profile: OwnProfile): Promise<void> {
    const { database, users } = this.#deps;
    const { id, office } = owner.account;
    await database.inOffice(office.id, async (tx) => {
      await this.hold(tx, owner);
      if (await users.changeProfile(tx, id, { ...profile, at: now() })) {
        await this.record(tx, owner, { type: "profile.changed", notice: "profileChanged" });
      }
    });
  }

  /**
   * A session alone is not enough: the current password is required, and an incorrect one counts in the password guard.
   * Ends every session, token and link of the user. The same form once more, such as by a double click, goes on like the first.
   * Throws PageError "busy" when too many passwords wait, and "expired" when another change has ended the session meanwhile.
   */
  async changePassword(
    owner: AccountSession,
    typed: { current: string; wanted: string },
  ): Promise<OwnPasswordResult> {
    const { passwords, hasher, newPasswords } = this.#deps;
    const { account, browser, visitor } = owner;
    const { username, office } = account;
    const fault = await newPasswords.fault(typed.wanted, account);
    if (fault !== null) {
      return { type: "fault", fault };
    }
    // Before the current password is compared, which the same form may have replaced a moment ago: that is no wrong password.
    if (await this.#hasEnded(owner)) {
      return this.#answerAgain(owner, typed.wanted);
    }
    const attempt = { officeCode: office.code, username, password: typed.current, browser, visitor };
    const result = await passwords.check(attempt);
    if (result.type !== "right") {
      return result.type === "wrong" && (await this.#hasEnded(owner))
        ? this.#answerAgain(owner, typed.wanted)
        : result;
    }
    try {
      const passwordHash = await hasher.hash(typed.wanted);
      await this.#storePassword(owner, passwordHash, result.record);
    } catch (error) {
      await result.release();
      if (!isExpired(error)) {
        throw error;
      }
      return this.#answerAgain(owner, typed.wanted);
    }
    return { type: "changed" };
  }

  /** Whether the session has ended since the form arrived. */
  async #hasEnded({ account, proof }: AccountSession): Promise<boolean> {
    const { database, users } = this.#deps;
    return !(await database.inOffice(account.office.id, (tx) => users.hold(tx, account.id, proof)));
  }

  /**
   * The session has ended: by this very form, where the wanted password is the stored one by now. It is compared like one that is typed
   * to sign in, and counted where it is wrong: a thief of the session may end it while any number of forms are on their way.
   * Throws PageError "expired" for every other password.
   */
  async #answerAgain(owner: AccountSession, wanted: string): Promise<OwnPasswordResult> {
    const { account, browser, visitor } = owner;
    const { username, office } = account;
    const attempt = { officeCode: office.code, username, password: wanted, browser, visitor };
    const result = await this.#deps.passwords.check(attempt);
    if (result.type !== "right") {
      throw new PageError("expired");
    }
    await result.release();
    return { type: "changed" };
  }

  /**
   * Begins a change: blocks every other one, and checks again whether the session is still valid. Otherwise a stolen
   * session could undo a reset or a new password that came in between. Throws PageError "expired".
   */
  async hold(tx: Queryable, { account, proof }: Pick<AccountSession, "account" | "proof">): Promise<void> {
    if (!(await this.#deps.users.hold(tx, account.id, proof))) {
      throw new PageError("expired");
    }
  }

  /** The event and the notice of a change, in its transaction. */
  async record(
    tx: Queryable,
    { account, visitor }: AccountSession,
    change: Pick<AuditEvent, "type" | "details" | "applicationId"> & {
      notice: Notice;
      values?: TextValues;
    },
  ): Promise<void> {
    const { audit, notices } = this.#deps;
    const { id, office, name, mail, language } = account;
    const { notice, values = {}, ...event } = change;
    const who = { officeId: office.id, actor: id, subject: id, visitor };
    await audit.add(tx, { ...event, ...who, outcome: "ok" });
    const to = { id, name, mail, language: language ?? office.language, officeId: office.id };
    await notices.send(tx, to, notice, values);
  }

  /** The same for one that found nothing left to change: once, where the owner has made it a moment ago, such as by a double click. */
  async recordOnce(
    tx: Queryable,
    owner: AccountSession,
    change: Parameters<OwnAccount["record"]>[2],
  ): Promise<void> {
    const { id } = owner.account;
    const last = await this.#deps.lastChange.find(tx, id, [change.type]);
    if (!isJustMadeBy(last, id, now())) {
      await this.record(tx, owner, change);
    }
  }

  async #storePassword(
    owner: AccountSession,
    passwordHash: string,
    record: (tx: Queryable) => Promise<void>,
  ): Promise<void> {
    const { database, users, links, numberRequests } = this.#deps;
    const { account, visitor } = owner;
    const { id, office } = account;
    await database.inOffice(office.id, async (tx) => {
      // Hashing takes a moment: a reset that came in between must not be undone, and a form sent twice has one effect.
      await this.hold(tx, owner);
      // First the effect of the correct password: it may store the same password under stronger parameters.
      await record(tx);
      await users.changePassword(tx, id, passwordHash, now());
      await links.voidAll(tx, id);
      await this.record(tx, owner, { type: "password.changed", notice: "passwordChangedHere" });
      await numberRequests.cancel(tx, { id, officeId: office.id }, { actor: id, visitor });
    });
  }
}

const isExpired = (error: unknown): boolean => error instanceof PageError && error.kind === "expired";
