import type { AuditStore } from "../audit/audit-store.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { TrustedBrowserStore } from "../factors/trusted-browser-store.ts";
import { mailLogo } from "../offices/logo-address.ts";
import type { OfficeLook } from "../offices/office.ts";
import type { Account } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { dateTime } from "../../kernel/date-format.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { DisputeHandler, DisputeLinks } from "./dispute-links.ts";
import type { FamiliarBrowserStore } from "./familiar-browser-store.ts";
import type { OneTimeLinkStore } from "./one-time-link-store.ts";

/** A browser in known names, and its network. */
export interface SeenBrowser {
  readonly browser: string | null;
  readonly system: string | null;
  /** The address, IPv6 cut to its /64. */
  readonly network: string;
}

/** A sign-in from a browser that is not familiar to the account. */
export interface NewBrowserSignIn {
  readonly account: Account;
  /** Null where it is not known. */
  readonly look: OfficeLook | null;
  readonly device: SeenBrowser;
}

/** What `report_new_browser` of the database reads. */
export interface NewBrowserReport {
  readonly mostADay: number;
  readonly link: object;
  readonly message: unknown;
}

interface Deps {
  readonly notices: Notices;
  readonly disputes: DisputeLinks;
  readonly users: UserStore;
  readonly familiarBrowsers: FamiliarBrowserStore;
  readonly trustedBrowsers: TrustedBrowserStore;
  readonly links: OneTimeLinkStore;
  readonly numberRequests: EndedNumberRequests;
  readonly audit: AuditStore;
  /** Such as "Firefox on Windows". */
  readonly nameOf: (device: SeenBrowser, language: string) => string;
  readonly issuer: string;
  /** Of offices that have no time zone of their own. */
  readonly timeZone: string;
}

/** An owner whose browser keeps no cookies signs in from a new one each time. */
const MOST_A_DAY = 5;

const KIND = "new-browser";

/** Mails to owners whose account was signed in to from an unfamiliar browser, and what their link "this was not me" ends. */
export class NewBrowsers {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The report for the statement that ends the sign-in, which decides whether it is due; null where no mail can be sent. Asks the
   * database nothing.
   */
  report({ account, look, device }: NewBrowserSignIn): NewBrowserReport | null {
    const { notices, disputes, nameOf, issuer, timeZone } = this.#deps;
    const { id, office, name, mail } = account;
    const language = account.language ?? office.language;
    const zone = {
      name: account.timeZone ?? office.timeZone ?? timeZone,
      isNamed: account.timeZone === null,
    };
    const { address, row } = disputes.prepare({ id, officeId: office.id }, { kind: KIND });
    const values = {
      time: dateTime(epochSeconds(now()), { language, zone }).text,
      browser: nameOf(device, language),
      network: device.network,
      link: address,
    };
    const to = { id, officeId: office.id, name, mail, language };
    const ofOffice = {
      name: office.name,
      accent: look?.accent ?? null,
      logo: mailLogo(look?.logoUrl ?? null, issuer),
    };
    const message = notices.prepare(to, "newBrowser", values, ofOffice);
    return message === null ? null : { mostADay: MOST_A_DAY, link: row, message: JSON.parse(message.json) };
  }

  /**
   * "This was not me": ends every session, token, pending link and trust. No browser is familiar any more, so that the next sign-in
   * from that one is reported again.
   */
  readonly end: DisputeHandler = async (tx, { userId, officeId, visitor }) => {
    const { users, links, familiarBrowsers, trustedBrowsers, numberRequests, audit } = this.#deps;
    const who = { outcome: "ok", officeId, actor: userId, subject: userId, visitor } as const;
    await users.endSessions(tx, userId, now());
    await audit.add(tx, { type: "sessions.ended", ...who });
    await links.voidAll(tx, userId);
    // In the order in which the end of a sign-in locks them.
    await familiarBrowsers.forgetAll(tx, userId);
    const browsers = await trustedBrowsers.endAll(tx, userId);
    if (browsers > 0) {
      await audit.add(tx, { type: "browser.trust-ended", ...who, details: { browsers } });
    }
    await numberRequests.cancel(tx, { id: userId, officeId }, { actor: userId, visitor });
    return "ended";
  };
}
