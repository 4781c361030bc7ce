import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { LinkData, OneTimeLink } from "./one-time-link.ts";
import { officeOfToken } from "./one-time-link.ts";
import { DUMMY_USER } from "./link-recipient.ts";
import type { LinkRow, OneTimeLinkStore } from "./one-time-link-store.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { UserStore } from "../users/user-store.ts";

/** What the link cancels; `kind` selects the handler and the page's text `notMe.<kind>.text`. */
export type DisputeData = LinkData & { readonly kind: string };

/** Cancelled now, or too late: the change was complete, or already cancelled. `ended`: nothing was changed, and the user is signed out everywhere. */
const OUTCOMES = ["cancelled", "too-late", "ended"] as const;
export type DisputeOutcome = (typeof OUTCOMES)[number];

/** Cancels, in the transaction that spends the link. */
export type DisputeHandler = (
  tx: Queryable,
  event: OneTimeLink & { readonly visitor: Visitor },
) => Promise<DisputeOutcome>;

interface Deps {
  readonly database: Database;
  readonly links: OneTimeLinkStore;
  readonly users: UserStore;
  readonly handlers: ReadonlyMap<string, DisputeHandler>;
  readonly audit: AuditStore;
  readonly issuer: string;
}

/** "This was not me": links in notices that let the owner of the mailbox cancel a change. They can do nothing else. */
export class DisputeLinks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The full address of a new link. In a transaction of the user's office. */
  async link(tx: Queryable, user: UserRef, data: DisputeData): Promise<string> {
    const { links, issuer } = this.#deps;
    const { id: userId, officeId } = user;
    const token = await links.make(tx, { purpose: "not-me", officeId, userId, at: now(), data });
    return addressOf(issuer, token);
  }

  /** The same for a statement that writes more than the link. */
  prepare(user: UserRef, data: DisputeData): { readonly address: string; readonly row: LinkRow } {
    const { links, issuer } = this.#deps;
    const { token, row } = links.prepare({ purpose: "not-me", officeId: user.officeId, at: now(), data });
    return { address: addressOf(issuer, token), row };
  }

  /** The kind of the change that a link would cancel, and whose it is; null for an invalid link. Changes nothing. */
  async find(token: string): Promise<{ readonly kind: string; readonly officeId: string } | null> {
    const { links } = this.#deps;
    const link = await links.find({ purpose: "not-me", token, now: now() });
    const kind = kindOf(link);
    return link === null || kind === null ? null : { kind, officeId: link.officeId };
  }

  /**
   * Spends the link and cancels; null when the link is no longer valid. The same form once more (`LinkForm`), such as by a double
   * click, gets the same outcome and cancels nothing else.
   */
  async use(token: string, visitor: Visitor, form: string | null = null): Promise<DisputeOutcome | null> {
    const { database, links, users, handlers, audit } = this.#deps;
    const officeId = officeOfToken(token);
    if (officeId === null) {
      return null;
    }
    const sent = { purpose: "not-me", token, form, now: now() } as const;
    const found = await links.find(sent);
    const used = await database.inOffice(officeId, async (tx) => {
      // The user before the link, as a deletion of the user locks them.
      await users.lock(tx, found?.userId ?? DUMMY_USER.id);
      const link = await links.spend(tx, sent);
      const kind = kindOf(link);
      if (link === null || kind === null) {
        return null;
      }
      const handle = handlers.get(kind);
      if (handle === undefined) {
        throw new Error(`No dispute handler for ${kind}.`);
      }
      const outcome = await handle(tx, { ...link, visitor });
      const who = { officeId, actor: link.userId, subject: link.userId };
      const details = { kind, outcome };
      await audit.add(tx, { type: "not-me.used", outcome: "alarm", ...who, visitor, details });
      await links.keepAnswer(tx, sent, { outcome });
      return outcome;
    });
    const kept = used === null ? await links.findAnswer(sent) : null;
    return used ?? OUTCOMES.find((outcome) => outcome === kept?.data["outcome"]) ?? null;
  }
}

const addressOf = (issuer: string, token: Secret): string => `${issuer}/not-me/${token.reveal()}`;

function kindOf(link: OneTimeLink | null): string | null {
  const kind = link?.data["kind"];
  return typeof kind === "string" ? kind : null;
}
