import type { Database } from "../../src/platform/database/database.ts";
import type { SmsStatus } from "../../src/platform/messages/message.ts";

const STATUS = {
  name: "test_message_status",
  text: `select case state when 'sending' then 'waiting' else state end as state, state_at as at
         from messages where home = $home and id = $1`,
};

/** What is known about a message of an office; null for none. */
export async function messageStatus(
  database: Database,
  officeId: string,
  id: string,
): Promise<SmsStatus | null> {
  const rows = await database.inOffice(officeId, (tx) => tx.query<SmsStatus>(STATUS, [id]));
  return rows[0] ?? null;
}
