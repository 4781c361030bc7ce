import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { areSentByMail } from "../factors/factor.ts";
import type { EndedEmailCodes } from "../factors/email/ended-email-codes.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { MailboxStore } from "./mailbox-store.ts";
import type { MailThrottle } from "../credentials/mail-throttle.ts";
import type { DisputeLinks, DisputeHandler } from "../credentials/dispute-links.ts";
import type { LinkData } from "../credentials/one-time-link.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import type { AccountSession, OwnAccount } from "./own-account.ts";
import type { Account } from "./user.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly mailbox: MailboxStore;
  readonly links: OneTimeLinkStore;
  readonly disputes: DisputeLinks;
  readonly own: OwnAccount;
  readonly numberRequests: EndedNumberRequests;
  readonly emailCodes: EndedEmailCodes;
  readonly notices: Notices;
  readonly throttle: MailThrottle;
  readonly audit: AuditStore;
  readonly issuer: string;
}

/** For how long the owner of the previous address can undo a change. */
const UNDO_SECONDS = 48 * 60 * 60;
const LINK_SECONDS = 24 * 60 * 60;

/**
 * Another email address. It counts only when the user who asked for it, signed in, has opened the link that was sent to
 * it; the owner of the previous address is notified at both steps, and can undo it for two days.
 */
export class MailChange {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Sends the link to the new address and voids the previous link. The same form once more mails nothing, and does not count. */
  async ask(owner: AccountSession, mail: string): Promise<"asked" | "same" | "too-many" | "held"> {
    const { throttle } = this.#deps;
    const { account, visitor, proof } = owner;
    if (mail === account.mail) {
      return "same";
    }
    const form = `account ${String(proof.session)} ${mail}`;
    const { addressGroup } = visitor;
    const counted = { purpose: "mail-change", recipient: account.id, addressGroup, form } as const;
    const decision = await throttle.reserve(counted);
    switch (decision.type) {
      case "too-many":
      case "recipient-limit":
        return "too-many";
      case "repeated":
        // Answered by what the first has left. For as long as it is the same form, `isJustMade` finds its link.
        return this.#mailLink(owner, mail, form);
      case "allowed":
        return throttle.releasing(counted, () => this.#mailLink(owner, mail, form));
    }
  }

  #mailLink(sender: AccountSession, mail: string, form: string): Promise<"asked" | "held"> {
    const { database, links, notices, issuer } = this.#deps;
    const { id: userId, office } = sender.account;
    return database.inOffice(office.id, async (tx) => {
      const owner = await this.#hold(tx, sender);
      if (await this.#isHeld(tx, owner)) {
        return "held";
      }
      const { name, language } = owner.account;
      const who = { officeId: office.id, userId };
      const wanted = { purpose: "mail-change", ...who, at: now(), data: { mail }, form } as const;
      if (await links.isJustMade(tx, wanted)) {
        return "asked";
      }
      const token = await links.make(tx, wanted);
      const to = { id: userId, name, mail, language: language ?? office.language, officeId: office.id };
      await notices.send(tx, to, "mailChangeLink", { link: `${issuer}/account/mail/link/${token.reveal()}` });
      await this.#notifyPrevious(tx, owner, {
        type: "mail-change.asked",
        undoneFor: LINK_SECONDS + UNDO_SECONDS,
      });
      return "asked";
    });
  }

  /**
   * Makes the new address count, for the user who asked for it. "gone": the link is no longer valid. The same form once more, such as
   * by a double click, gets the same answer and changes nothing.
   */
  async confirm(sender: AccountSession, token: string): Promise<"changed" | "gone" | "held"> {
    const { database, users, links } = this.#deps;
    const { id, office } = sender.account;
    const sent = { purpose: "mail-change", token, form: `account ${id}`, now: now() } as const;
    const work = async (tx: Queryable): Promise<"changed" | "held"> => {
      const owner = await this.#hold(tx, sender);
      if (await this.#isHeld(tx, owner)) {
        return "held";
      }
      const at = now();
      const link = await links.spend(tx, { ...sent, now: at });
      const mail = link?.data["mail"];
      if (link?.userId !== id || typeof mail !== "string") {
        throw new NotOwnLink();
      }
      await users.changeMail(tx, id, { mail, at: at });
      await this.#deps.emailCodes.forget(tx, { id, officeId: office.id });
      await this.#notifyPrevious(tx, owner, { type: "mail.changed", undoneFor: UNDO_SECONDS });
      await links.keepAnswer(tx, sent, {});
      return "changed";
    };
    return database.inOffice(office.id, work).catch(async (error: unknown) => {
      if (error instanceof NotOwnLink) {
        return (await links.findAnswer(sent)) === null ? "gone" : "changed";
      }
      throw error;
    });
  }

  /** "This was not me": drops a pending change, or restores the previous address and ends every session. */
  readonly undo: DisputeHandler = async (tx, { officeId, userId, data, visitor }) => {
    const { users, links, numberRequests, audit } = this.#deps;
    const { before, until, wasProved, codes } = data;
    const at = now();
    if (typeof before !== "string" || typeof until !== "number" || epochSeconds(at) > until) {
      return "too-late";
    }
    const account = await users.findAccount(userId, tx);
    if (account === null || isMadeSince(account, data)) {
      return "too-late";
    }
    await links.voidAll(tx, userId);
    if (await users.restoreMail(tx, userId, { mail: before, isProved: wasProved === true, at: at })) {
      await users.endSessions(tx, userId, at);
      // Codes that were set up at the other address stay: to one that has proved nothing none is sent, and no link to a new password.
      await this.#deps.emailCodes.giveBack(tx, { id: userId, officeId }, { window: codes, visitor });
      const who = { officeId, actor: userId, subject: userId, visitor };
      await audit.add(tx, { type: "mail.restored", outcome: "alarm", ...who });
      await numberRequests.cancel(tx, { id: userId, officeId }, { actor: userId, visitor });
    }
    return "cancelled";
  };

  /**
   * Begins a change, with the account as it is by then: another change may have come in since the request was read, and the owner of the
   * address that it has left is the one to notify.
   */
  async #hold(tx: Queryable, sender: AccountSession): Promise<AccountSession> {
    const { own, users } = this.#deps;
    await own.hold(tx, sender);
    return { ...sender, account: (await users.findAccount(sender.account.id, tx)) ?? sender.account };
  }

  /**
   * For two days after a reset, or another change, the password proves no more than the mailbox does: an attacker with brief
   * access to the mailbox must not be able to move it for good. A session with a second factor is not affected. Where codes go to the
   * mailbox, a session without one never moves it: the codes would move with it.
   */
  async #isHeld(tx: Queryable, { account, hasProvedFactor }: AccountSession): Promise<boolean> {
    const { mailbox } = this.#deps;
    return (
      !hasProvedFactor && (areSentByMail(account.factors) || (await mailbox.isHeld(tx, account.id, now())))
    );
  }

  /** The event, and the mail to the address that is still, or was until now, the account's. */
  async #notifyPrevious(
    tx: Queryable,
    owner: AccountSession,
    { type, undoneFor }: { type: "mail-change.asked" | "mail.changed"; undoneFor: number },
  ): Promise<void> {
    const { own, disputes } = this.#deps;
    const { id, office, mail: before, isMailProved: wasProved } = owner.account;
    const until = epochSeconds(now()) + undoneFor;
    const user = { id, officeId: office.id };
    const data = { kind: "mail-change", before, until, wasProved };
    const link = before === null ? "" : await disputes.link(tx, user, data);
    const notice = type === "mail.changed" ? "mailChanged" : "mailChangeAsked";
    await own.record(tx, owner, { type, notice, values: { link } });
  }
}

/**
 * Whether the user became a superuser after an administrator had replaced the address. Who made them one saw the new address: one
 * member of support could otherwise enter an own address first, and take the superuser's account with its link.
 */
const isMadeSince = ({ role }: Pick<Account, "role">, data: LinkData): boolean =>
  role === "superuser" && typeof data["role"] === "string" && data["role"] !== role;

/** Another user's link, or one that is no longer valid; the transaction is rolled back. */
class NotOwnLink extends Error {}
