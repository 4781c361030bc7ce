import { homeOfBytes } from "../../kernel/home.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { RateLimit, RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { UserRef } from "../users/user-ref.ts";

/** What stopped a message: a limit of the sign-in, the number or mailbox, the account, the network, the country or the office. */
export type CodeStop =
  | "interaction"
  | "number"
  | "mailbox"
  | "account"
  | "address"
  | "prefix"
  | "office"
  | "country"
  /** This installation sends none. */
  | "off";

/** What a message counts on before it is sent. */
export interface MessageBudget<Limit extends RateLimit = RateLimit> {
  readonly limits: readonly Limit[];
  /** The counter of which the office hears; null: none. */
  readonly watched: WatchedCounter | null;
}

interface WatchedCounter {
  readonly scope: string;
  /** Written as an alarm when the counter reaches a mark; the mark is its details. */
  readonly event: AuditType;
  /** Of two with the same number the first is written. */
  readonly marks: readonly BudgetMark[];
}

interface BudgetMark {
  readonly percent: number;
  readonly sent: number;
  readonly budget: number;
}

/** What the database's `count_message` answers. */
export interface CountedMessage {
  /** Scopes that were full already. Then nothing counts. */
  readonly full: readonly string[];
  /** Messages of the watched counter, with this one; null without one. */
  readonly used: number | null;
  /** The mark that was reached. */
  readonly warned: BudgetMark | null;
}

const statements = {
  count: { name: "message_count", text: "select count_message($home, $1, $2, $3) as counted" },
} as const satisfies Record<string, Statement>;

/** Counts a message that is sent in a transaction of its office. The caller rolls back when a limit is full. */
export async function countMessage(
  tx: Queryable,
  officeId: string,
  { budget, at }: { readonly budget: MessageBudget; readonly at: Date },
): Promise<CountedMessage> {
  const values = [officeId, at, JSON.stringify(budgetJson(budget))];
  const [row] = await tx.query<{ counted: CountedMessage }>(statements.count, values);
  return row?.counted ?? { full: budget.limits.map(({ scope }) => scope), used: null, warned: null };
}

/** A budget as `count_message` of the database reads it. */
export const budgetJson = ({ limits, watched }: MessageBudget) => ({
  limits: limits.map(({ scope, key, limit, minutes, isShared = false }) => ({
    ...{ home: homeOfBytes(key), scope, key: key.toString("hex"), limit, minutes, isShared },
  })),
  ...(watched === null ? {} : { watched }),
});

/** The first limit that was full; null when the message counts. */
export const fullLimit = <Limit extends RateLimit>(
  { limits }: MessageBudget<Limit>,
  { full }: CountedMessage,
): Limit | null => limits.find(({ scope }) => full.includes(scope)) ?? null;

/** A message that was not sent, and what stopped it. */
interface StoppedMessage {
  readonly type: "sms.stopped" | "email-code.stopped";
  readonly user: UserRef;
  readonly visitor: Visitor | null;
  readonly full: RateLimit;
  readonly by: CodeStop;
  readonly at: Date;
}

/** Records a stop, once in the window of its limit. In a transaction of its own: the message's was undone. */
export async function recordStop(
  { store, audit }: { readonly store: RateLimitStore; readonly audit: AuditStore },
  { type, user: { id, officeId }, visitor, full, by, at }: StoppedMessage,
): Promise<void> {
  await audit.inOffice(officeId, async (tx) => {
    if (await store.isFirstReport(tx, full, at)) {
      const who = { officeId, actor: id, subject: id, visitor: visitor ?? undefined } as const;
      const details = { by, most: full.limit, minutes: full.minutes };
      await audit.add(tx, { type, outcome: "refused", ...who, details });
    }
  });
}
