import { z } from "zod";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import { isMailedLinkTooWeak } from "../factors/factor.ts";
import { isOtherMailbox } from "../factors/email/email-address.ts";
import type { GuardStore, LiftResult } from "../factors/guard-store.ts";
import { minutesAfter, now } from "../../kernel/clock.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { MailboxStore } from "../users/mailbox-store.ts";
import type { NewPasswordCheck, NewPasswordFault } from "./new-password-check.ts";
import type { OneTimeLink } from "./one-time-link.ts";
import type { FamiliarBrowsers } from "./familiar-browsers.ts";
import type { OneTimeLinkStore } from "./one-time-link-store.ts";
import type { PasswordHasher } from "./password.ts";
import { isActive, type Account } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";

/** A link as the browser sends it. */
export interface PasswordLink {
  readonly purpose: "password-reset" | "invitation";
  readonly token: string;
  /** See `LinkForm`. */
  readonly form?: string | null;
  /** Tokens of the browser's cookie, each of another user. */
  readonly browser?: readonly string[];
}

/** The user whose password a valid link replaces. */
export interface LinkOwner {
  readonly account: Account;
  /** The application that the user came from. */
  readonly applicationId: string | null;
}

export type Completed =
  /** Used, expired, replaced by a newer one, of another purpose, or never made: the visitor does not learn which. */
  | { readonly type: "gone" }
  | { readonly type: "fault"; readonly fault: NewPasswordFault }
  | {
      readonly type: "done";
      readonly account: Account;
      readonly guard: LiftResult;
      readonly applicationId: string | null;
      /** Tokens for the browser's cookie; null where the same form has brought them already. */
      readonly browser: readonly string[] | null;
    };

/** For two days after a reset, the mailbox alone is not accepted as proof of anything else. */
const HOLD_HOURS = 48;

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly mailbox: MailboxStore;
  readonly links: OneTimeLinkStore;
  readonly guard: GuardStore;
  readonly familiar: FamiliarBrowsers;
  readonly hasher: PasswordHasher;
  readonly newPasswords: NewPasswordCheck;
  readonly numberRequests: EndedNumberRequests;
  readonly audit: AuditStore;
  readonly notices: Notices;
}

/**
 * Choosing a password with a link from the mailbox. It never signs the user in and proves no second factor; it ends a
 * lockout, at most twice a day. Start at `complete`, which does everything in one transaction. `password-links.ts` sends the links, with the
 * same answer for every name; `one-time-link-store.ts` lets each be used once.
 */
export class PasswordReset {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The owner of the link if it is valid now. Changes nothing, however often a mail scanner asks. */
  async find({ purpose, token }: PasswordLink): Promise<LinkOwner | null> {
    const { links, users } = this.#deps;
    const link = await links.find({ purpose, token, now: now() });
    const account = link === null ? null : await users.findAccount(link.userId);
    if (link === null || account === null || !isActive(account) || isTooWeak(link, account)) {
      return null;
    }
    const { mail, applicationId } = link.data;
    return isOtherMailbox(textOrNull(mail), account.mail)
      ? null
      : { account, applicationId: textOrNull(applicationId) };
  }

  /**
   * Stores the password and spends the link, or does neither. The browser becomes familiar: its user owns the mailbox, and a
   * stranger who keeps filling the guard of the account must not keep that user out.
   */
  async complete(link: PasswordLink, password: string, visitor: Visitor): Promise<Completed> {
    const owner = await this.find(link);
    if (owner === null) {
      return this.#answerAgain(link, password);
    }
    const { account, applicationId } = owner;
    const { hasher, newPasswords, database } = this.#deps;
    const fault = await newPasswords.fault(password, account);
    if (fault !== null) {
      return { type: "fault", fault };
    }
    const passwordHash = await hasher.hash(password);
    const stored = await database.inOffice(account.office.id, (tx) =>
      this.#store(tx, owner, { link, passwordHash, visitor }),
    );
    return stored === null
      ? this.#answerAgain(link, password)
      : { type: "done", account, applicationId, ...stored };
  }

  /**
   * The same form once more, such as by a double click: it goes on like the first and changes nothing. Another browser, or another
   * password, learns nothing of it: a spent link is no way to try passwords.
   */
  async #answerAgain(link: PasswordLink, password: string): Promise<Completed> {
    const { links, users, hasher } = this.#deps;
    const kept = await links.findAnswer({ ...link, form: link.form ?? null, now: now() });
    const account = kept === null ? null : await users.findAccount(kept.userId);
    const hash = kept === null ? null : await users.findPasswordHash(kept.officeId, kept.userId);
    if (kept === null || account === null || hash === null || !(await hasher.verify(hash, password))) {
      return { type: "gone" };
    }
    const { guard, until, applicationId } = keptSchema.parse(kept.data);
    return { type: "done", account, guard: liftOf(guard, until), applicationId, browser: null };
  }

  /** Null when another request has spent the link in the meantime; then nothing is stored. */
  async #store(
    tx: Queryable,
    { account, applicationId }: LinkOwner,
    { link, passwordHash, visitor }: { link: PasswordLink; passwordHash: string; visitor: Visitor },
  ): Promise<{ guard: LiftResult; browser: readonly string[] } | null> {
    const { links, users, mailbox, familiar, guard, numberRequests } = this.#deps;
    const at = now();
    const { id } = account;
    await users.lock(tx, id);
    const spent = await links.spend(tx, { ...link, now: at });
    const current = await users.findAccount(id, tx);
    if (spent === null || current === null) {
      return null;
    }
    // Codes by email may have been set up since the link was opened. The link is spent all the same.
    if (isTooWeak(spent, current)) {
      return null;
    }
    await users.changePassword(tx, id, passwordHash, at);
    await this.#proveMail(tx, spent, at);
    await links.voidAll(tx, id);
    const user = { id, officeId: account.office.id };
    // The count of codes before the browsers, as a sign-in locks them that ends with a code.
    const lifted = await guard.lift(tx, user, at);
    const browser = await familiar.remember(tx, user, link.browser ?? []);
    if (link.purpose === "password-reset") {
      await mailbox.hold(tx, id, minutesAfter(at, HOLD_HOURS * 60));
      await this.#notify(tx, account, lifted);
    }
    const details = { by: link.purpose, guard: lifted.type };
    await this.#record(tx, account, { visitor, details });
    await numberRequests.cancel(tx, user, { actor: id, visitor });
    const until = lifted.type === "blocked" ? lifted.until.toISOString() : null;
    const sent = { ...link, form: link.form ?? null, now: at };
    await links.keepAnswer(tx, sent, { guard: lifted.type, until, applicationId });
    return { guard: lifted, browser };
  }

  /** Only a link that was mailed proves the address that it was mailed to. */
  async #proveMail(tx: Queryable, { userId, data }: OneTimeLink, at: Date): Promise<void> {
    const { mail, isMailed } = data;
    if (isMailed === true && typeof mail === "string") {
      await this.#deps.mailbox.prove(tx, userId, { mail, at });
    }
  }

  async #notify(tx: Queryable, account: Account, { type }: LiftResult): Promise<void> {
    const { id, name, mail } = account;
    const language = account.language ?? account.office.language;
    const to = { id, officeId: account.office.id, name, mail, language };
    const notice = type === "lifted" ? "passwordResetLifted" : "passwordReset";
    await this.#deps.notices.send(tx, to, notice, {});
  }

  #record(
    tx: Queryable,
    { id, office }: Account,
    event: { visitor: Visitor; details: Readonly<Record<string, string>> },
  ): Promise<void> {
    const who = { officeId: office.id, actor: id, subject: id };
    return this.#deps.audit.add(tx, { type: "password.reset", outcome: "ok", ...who, ...event });
  }
}

/** What the form of a link that is spent was answered. */
const keptSchema = z.object({
  guard: z.enum(["free", "lifted", "blocked", "frozen"]),
  until: z.coerce.date().nullable(),
  applicationId: z.string().nullable(),
});

const liftOf = (type: LiftResult["type"], until: Date | null): LiftResult =>
  type === "blocked" ? { type, until: until ?? now() } : { type };

/** Whether this link proves nothing but the mailbox, and the codes go there too. One that the operator has printed did not come by mail. */
const isTooWeak = ({ data }: OneTimeLink, { factors, office }: Account): boolean =>
  data["isMailed"] === true && isMailedLinkTooWeak(factors, office);
