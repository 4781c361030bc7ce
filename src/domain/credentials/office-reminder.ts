import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database } from "../../platform/database/database.ts";
import { doOrUndo } from "../../platform/database/do-or-undo.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { MailThrottle } from "./mail-throttle.ts";
import type { LinkAnswer } from "./password-links.ts";
import type { MailOwner, UserStore } from "../users/user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly throttle: MailThrottle;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly issuer: string;
}

interface CodeRequest {
  readonly mail: string;
  readonly visitor: Visitor;
  readonly form?: string | null;
}

const DUMMY_OWNER: MailOwner = {
  officeCode: "UNKNOWN",
  officeName: "Unknown",
  username: "unknown",
  name: "Unknown",
  mail: "unknown@example.invalid",
  language: DEFAULT_LANGUAGE,
};

/** Mails a user the offices that know their email address. An unknown address costs the same work, so time reveals nothing. */
export class OfficeReminder {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `form` names the browser's form: sent twice, it mails once. */
  async ask({ mail, visitor, form }: CodeRequest): Promise<LinkAnswer> {
    const { throttle, users } = this.#deps;
    const recipient = mail.toLowerCase();
    const { addressGroup } = visitor;
    const counted = { purpose: "office-code", recipient, addressGroup, form } as const;
    const decision = await throttle.reserve(counted);
    switch (decision.type) {
      case "too-many":
        return decision;
      case "repeated":
      case "recipient-limit":
        return { type: "asked" };
      case "allowed":
        await throttle.releasing(counted, async () => this.#send(await users.findByMail(mail), visitor));
        return { type: "asked" };
    }
  }

  async #send(found: readonly MailOwner[], visitor: Visitor): Promise<void> {
    const { database, notices, audit } = this.#deps;
    const [first = DUMMY_OWNER] = found;
    // To the address that an office has entered, never to the one that was typed here.
    const list = found.map((owner) => this.#inWords(owner)).join("\n\n");
    await database.transaction(async (tx) => {
      await doOrUndo(tx, found.length > 0, async () => {
        await notices.send(tx, { ...first, id: null, officeId: null }, "officeCodes", { list });
      });
      const outcome = found.length > 0 ? "ok" : "refused";
      const details = { offices: found.length };
      await audit.add(tx, {
        type: "office-code.asked",
        outcome,
        officeId: null,
        actor: "visitor",
        visitor,
        details,
      });
    });
  }

  #inWords({ officeName, officeCode, username }: MailOwner): string {
    return `${officeName}\n${officeCode} / ${username}\n\n${this.#deps.issuer}/o/${officeCode}`;
  }
}
