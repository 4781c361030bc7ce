import { duringMoment } from "./time.ts";
import { composeGateways } from "../../src/server/wiring/processes.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { SecretBox } from "../../src/kernel/secret.ts";
import { Delivery } from "../../src/platform/messages/delivery.ts";
import { messageJobs } from "../../src/platform/messages/message-jobs.ts";
import { MessageStore } from "../../src/platform/messages/message-store.ts";
import type { OutboxEntry } from "../../src/screens/outbox/outbox-store.ts";
import { asOwner, type FreshDatabase } from "./database.ts";
import { eventually } from "./eventually.ts";

interface Place {
  readonly database: FreshDatabase;
  readonly services: Services;
}

/** Settings of a server that hands nothing over by itself: what a test reads is in the order in which it was sent. */
export const BY_HAND = { VESTIBULE_MESSAGE_WORKERS: "no" };

/** By the address of the database. */
const places = new Map<string, Services>();

/** Lets messages of this database be handed over at once, also where no worker runs; answers how that ends. */
export function keepPlace({ database, services }: Place): () => void {
  places.set(database.url, services);
  return () => places.delete(database.url);
}

/** One at a time: each moves the clock of this process. */
let handingOver: Promise<void> = Promise.resolve();

/** Waits until everything that was sent until now has arrived in the outbox. */
export async function settleOutbox(database: FreshDatabase): Promise<void> {
  const mine = handingOver.then(() => handOver(database));
  handingOver = mine.catch(() => undefined);
  await mine;
  const open = () =>
    asOwner(database, "select id from messages where state in ('waiting', 'sending') limit 1");
  await eventually(open, (rows) => rows.length === 0);
}

/** The outbox, newest first, when everything that was sent until now has arrived. */
export async function settledOutbox({ database, services }: Place): Promise<OutboxEntry[]> {
  await settleOutbox(database);
  return services.outbox.list();
}

/** In the order in which they were sent, each at the moment of its own: a test that travels on loses none. */
async function handOver(database: FreshDatabase): Promise<void> {
  const services = places.get(database.url);
  if (services === undefined) {
    return;
  }
  const waiting = await asOwner<{ id: string; office_id: string | null; made_at: Date }>(
    database,
    "select id, office_id, made_at from messages where state = 'waiting' order by made_at, ctid",
  );
  const store = new MessageStore(services.database);
  const box = new SecretBox(services.secrets.dataKeys);
  const gateways = await composeGateways({ ...services, ...services.stores });
  const delivery = new Delivery({ store, jobs: messageJobs, box, gateways });
  for (const { id, office_id: officeId, made_at: at } of waiting) {
    await duringMoment(at, () => delivery.deliver({ id, officeId }));
  }
}
