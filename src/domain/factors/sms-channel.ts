import type { MessageQueue, PreparedMessage } from "../../platform/messages/message.ts";
import type { CodeStop, CountedMessage, MessageBudget } from "./message-budget.ts";
import { maskNumber, parseMobileNumber } from "./mobile-number.ts";
import type { CodeChannel, CountedRequest } from "./sent-code-service.ts";
import type { SmsBudget, SmsLimit } from "./sms-budget.ts";

interface Deps {
  readonly budget: SmsBudget;
  readonly queue: MessageQueue;
  readonly canSend: boolean;
  /** The message in the recipient's language. */
  readonly text: (language: string, code: string) => string;
}

/** Codes by text message. */
export class SmsChannel implements CodeChannel<SmsLimit> {
  readonly kind = "sms";
  readonly event = "sms.sent";
  readonly canSend: boolean;
  readonly isToAccount = false;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.canSend = deps.canSend;
  }

  mask(to: string): string {
    return maskNumber(to);
  }

  /** The office may have shortened its list of countries since the number was stored. */
  forbiddenBy(asked: CountedRequest): SmsLimit | null {
    const { country, countries } = asked.office;
    const isAllowed = parseMobileNumber(asked.to, country, countries).type === "number";
    return isAllowed ? null : this.#deps.budget.countryOf(asked);
  }

  budgetOf(asked: CountedRequest): MessageBudget<SmsLimit> {
    return this.#deps.budget.budgetOf(requestOf(asked));
  }

  tell(asked: CountedRequest, counted: CountedMessage): void {
    this.#deps.budget.tell(requestOf(asked), counted);
  }

  recordStop(asked: CountedRequest, full: SmsLimit, now: Date): Promise<CodeStop> {
    return this.#deps.budget.recordStop(requestOf(asked), full, now);
  }

  prepare({ user, to }: CountedRequest, code: string, until: Date): PreparedMessage {
    const text = this.#deps.text(user.language, code);
    return this.#deps.queue.prepare({ channel: "sms", to, text, officeId: user.officeId, until });
  }
}

const requestOf = ({ to: number, ...asked }: CountedRequest) => ({ ...asked, number });
