import type { OutboxEntry } from "../../src/messages/outbox-store.ts";
import { asOwner } from "./database.ts";
import { eventually } from "./eventually.ts";
import type { TestVestibule } from "./vestibule.ts";

type Place = Pick<TestVestibule, "database" | "services">;

/** The outbox, newest first, when everything that was told until now has arrived. */
export async function settledOutbox({ database, services }: Place): Promise<OutboxEntry[]> {
  const open = () =>
    asOwner(database, "select id from messages where state in ('waiting', 'sending') limit 1");
  await eventually(open, (rows) => rows.length === 0);
  return services.outbox.list();
}
