import type { AuditStore } from "../audit/audit-store.ts";
import { isMailedLinkTooWeak } from "../factors/factor.ts";
import type { FactorStore } from "../factors/factor-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { doOrUndo } from "../../platform/database/do-or-undo.ts";
import { now } from "../../kernel/clock.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { foldOfficeCode, type Office } from "../offices/office.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import type { FamiliarBrowsers } from "./familiar-browsers.ts";
import { DUMMY_RECIPIENT, DUMMY_USER, recipientOf, type Recipient } from "./link-recipient.ts";
import type { MailThrottle } from "./mail-throttle.ts";
import type { OneTimeLinkStore } from "./one-time-link-store.ts";
import type { PasswordCheckStore } from "./password-check-store.ts";
import type { User } from "../users/user.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { UserStore } from "../users/user-store.ts";
import { foldUsername } from "../users/username.ts";

/** Whose link a visitor asks for, and from where. */
export interface LinkRequest {
  readonly officeCode: string;
  readonly username: string;
  /** The application to return to. */
  readonly applicationId: string | null;
  readonly visitor: Visitor;
  /** Tokens of the browser's cookie; none where no browser asks. */
  readonly browser?: readonly string[];
  /** Names the browser's form: sent twice, it makes one link. */
  readonly form?: string | null;
}

/** "asked" reveals nothing: neither whether the user exists nor whether a mail is sent. */
export type LinkAnswer = { readonly type: "asked" } | { readonly type: "too-many"; readonly until: Date };

/** The links that let a user choose a password. */
type PasswordPurpose = "password-reset" | "invitation";

const PATHS: Record<PasswordPurpose, string> = {
  "password-reset": "reset-password",
  invitation: "invitation",
};

interface Deps {
  readonly database: Database;
  readonly offices: OfficeStore;
  readonly users: UserStore;
  readonly factors: FactorStore;
  readonly links: OneTimeLinkStore;
  readonly throttle: MailThrottle;
  readonly checks: PasswordCheckStore;
  readonly familiar: FamiliarBrowsers;
  readonly audit: AuditStore;
  readonly notices: Notices;
  /** Every link starts with it, whatever a request's Host header says. */
  readonly issuer: string;
}

/**
 * The last link that an hour has room for is valid until the next one may be sent. Otherwise a stranger could ask five times at
 * once, and leave the owner without a link for half of each hour.
 */
const LAST_LINK_MINUTES = 60;

interface LinkToMail {
  readonly purpose: PasswordPurpose;
  readonly applicationId: string | null;
  /** Overrides the lifetime of the purpose. */
  readonly minutes?: number;
  /** The mail says why there is no link; the same work is done for it. */
  readonly isWithheld?: boolean;
  readonly form?: string | null | undefined;
}

/** Sends the links for a forgotten password and for an invitation. Asking changes nothing in the account, and the answer says nothing of it. */
export class PasswordLinks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** For an unauthenticated visitor. A name that does not exist costs the same work, which is then rolled back. */
  async ask(request: LinkRequest): Promise<LinkAnswer> {
    const { throttle, offices, users } = this.#deps;
    const officeCode = foldOfficeCode(request.officeCode);
    const username = foldUsername(request.username);
    const recipient = JSON.stringify([officeCode, username]);
    const isFamiliar = await this.#isFamiliar({ officeCode, username }, request.browser ?? []);
    const addressGroup = isFamiliar ? null : request.visitor.addressGroup;
    const counted = { purpose: "password-link", recipient, addressGroup, form: request.form } as const;
    const decision = await throttle.reserve(counted);
    switch (decision.type) {
      case "too-many":
        return decision;
      case "repeated":
      case "recipient-limit":
        return { type: "asked" };
      case "allowed":
        await throttle.releasing(counted, async () => {
          const office = await offices.findByCode(officeCode);
          const user = await users.findByUsername(office?.id ?? DUMMY_USER.id, username);
          await this.#answer({ office, user }, request, { ...decision, recipient });
        });
        return { type: "asked" };
    }
  }

  /**
   * For an administrator, who never sees the link. Returns false when the user cannot get one now. `form` names the page's form: sent
   * twice, it makes one link.
   */
  async send(user: User, purpose: PasswordPurpose, actor: string, form?: string): Promise<boolean> {
    const { database, offices, users, links } = this.#deps;
    const { id: userId, officeId } = user;
    const office = await offices.find(officeId);
    return database.inOffice(officeId, async (tx) => {
      await users.lock(tx, userId);
      const link = { purpose, officeId, userId, at: now(), form };
      return (
        (await links.isJustMade(tx, link)) || this.sendIn(tx, { user, office }, { purpose, actor, form })
      );
    });
  }

  /** The same in a transaction of the user's office. */
  async sendIn(
    tx: Queryable,
    { user, office }: { user: User; office: Office | null },
    { purpose, actor, form }: { purpose: PasswordPurpose; actor: string; form?: string | undefined },
  ): Promise<boolean> {
    const to = recipientOf(user, office, now());
    if (to === null || (await this.#isTooWeak(tx, user, office))) {
      return false;
    }
    await this.#mail(tx, to, { purpose, applicationId: null, form });
    await this.#deps.audit.add(tx, {
      type: "password-link.sent",
      outcome: "ok",
      officeId: user.officeId,
      actor,
      subject: user.id,
      details: { purpose },
    });
    return true;
  }

  /** Whether the owner asks, in a browser that was used before: a network that others have filled does not stop that one. */
  async #isFamiliar(
    names: { officeCode: string; username: string },
    tokens: readonly string[],
  ): Promise<boolean> {
    const { checks, familiar } = this.#deps;
    return tokens.length > 0 && (await checks.find(names, familiar.hashes(tokens), now())).familiar !== null;
  }

  async #answer(
    { office, user }: { office: Office | null; user: User | null },
    request: LinkRequest,
    { isLast, recipient }: { isLast: boolean; recipient: string },
  ): Promise<void> {
    const { database, audit, users, links } = this.#deps;
    const { visitor, applicationId } = request;
    const to = user === null ? null : recipientOf(user, office, now());
    const work = async (tx: Queryable) => {
      await links.queue(tx, recipient);
      await users.lock(tx, user?.id ?? DUMMY_USER.id);
      const isWithheld = await this.#isTooWeak(tx, user ?? DUMMY_USER, office);
      await doOrUndo(tx, to !== null, () =>
        this.#mail(tx, to ?? { ...DUMMY_RECIPIENT, officeId: office?.id ?? null }, {
          purpose: "password-reset",
          ...{ applicationId, isWithheld },
          ...(isLast ? { minutes: LAST_LINK_MINUTES } : {}),
        }),
      );
      await audit.add(tx, {
        type: "password-link.asked",
        outcome: to === null || isWithheld ? "refused" : "ok",
        officeId: office?.id ?? null,
        actor: "visitor",
        subject: user?.id,
        visitor,
      });
    };
    await (office === null ? database.transaction(work) : database.inOffice(office.id, work));
  }

  /** Whether the mailbox alone may not set the password of this user: see `isMailedLinkTooWeak`. */
  async #isTooWeak(tx: Queryable, user: UserRef, office: Office | null): Promise<boolean> {
    const kinds = await this.#deps.factors.kinds(tx, user);
    return isMailedLinkTooWeak(kinds, office ?? { isMailboxEnough: false });
  }

  async #mail(
    tx: Queryable,
    to: Recipient,
    { purpose, applicationId, minutes, isWithheld = false, form }: LinkToMail,
  ): Promise<void> {
    const { links, notices, issuer } = this.#deps;
    const { id: userId, officeName: office, officeCode: code, username } = to;
    const officeId = to.officeId ?? DUMMY_USER.id;
    // Bound to the mail address: when that changes, the link is no longer valid. Opening it proves the address.
    const data = { mail: to.mail, applicationId, isMailed: true };
    const token = await links.make(tx, { purpose, officeId, userId, at: now(), data, minutes, form });
    const link = `${issuer}/${PATHS[purpose]}/${token.reveal()}`;
    // The token of a link that is withheld is known to no one.
    const notice = isWithheld
      ? "passwordLinkWithheld"
      : purpose === "invitation"
        ? "invitation"
        : "passwordLink";
    await notices.send(tx, to, notice, { link, office, code, username, address: `${issuer}/o/${code}` });
  }
}
