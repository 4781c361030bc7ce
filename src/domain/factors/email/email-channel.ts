import type { MailLook, MailView } from "../../../platform/messages/mail-view.ts";
import type { MessageQueue, PreparedMessage } from "../../../platform/messages/message.ts";
import { mailLogo } from "../../offices/logo-address.ts";
import type { Office } from "../../offices/office.ts";
import type { CodeStop, MessageBudget } from "../message-budget.ts";
import type { CodeChannel, CountedRequest } from "../sent-code-service.ts";
import { maskAddress } from "./email-address.ts";
import type { EmailBudget, EmailLimit } from "./email-budget.ts";

/**
 * Codes by email: a kind of factor that is as strong as the user's mailbox. This folder owns their message and limits, the check of the
 * first code, and what a changed address does to them; the table, the sending and the judgement are those of every sent code. Start at
 * `EmailChannel`.
 */
interface Deps {
  readonly budget: EmailBudget;
  readonly queue: MessageQueue;
  readonly canSend: boolean;
  readonly view: MailView;
  readonly issuer: string;
}

/** Codes by email. */
export class EmailChannel implements CodeChannel<EmailLimit> {
  readonly kind = "email";
  readonly event = "email-code.sent";
  readonly canSend: boolean;
  readonly isToAccount = true;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.canSend = deps.canSend;
  }

  mask(to: string): string {
    return maskAddress(to);
  }

  /** To no country is it forbidden: the address is the account's own. */
  forbiddenBy(): null {
    return null;
  }

  budgetOf(asked: CountedRequest): MessageBudget<EmailLimit> {
    return this.#deps.budget.budgetOf(asked);
  }

  /** No office hears of a mail's budget. */
  tell(): void {}

  recordStop(asked: CountedRequest, full: EmailLimit, now: Date): Promise<CodeStop> {
    return this.#deps.budget.recordStop(asked, full, now);
  }

  /** Never sent once the code has expired. It has no link: a reader who is used to one in such a mail is easy to deceive. */
  prepare({ user, office, to }: CountedRequest, code: string, until: Date): PreparedMessage {
    const { view, queue } = this.#deps;
    const written = view.write(
      user.language,
      "notice.emailCode",
      { code, name: user.name },
      { office: this.#lookOf(office) },
    );
    return queue.prepare({ channel: "mail", to, officeId: user.officeId, until, ...written });
  }

  #lookOf({ name, branding }: Office): MailLook {
    return { name, accent: branding.accent, logo: mailLogo(branding.logoUrl, this.#deps.issuer) };
  }
}
