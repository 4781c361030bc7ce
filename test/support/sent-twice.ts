import { Client } from "pg";
import { send } from "./account.ts";
import { asOwner } from "./database.ts";
import { eventually } from "./eventually.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestVestibule } from "./vestibule.ts";

/** When the second of two servers gets the form: after the first, with it, or so that both have read before either writes. */
export const ORDERS = ["one after the other", "at the same moment", "before either has written"] as const;
export type Order = (typeof ORDERS)[number];

/** A form of a browser, and a row that it has to lock. */
export interface TwiceSent {
  readonly browser: HttpBrowser;
  readonly page: Page;
  readonly fields: Readonly<Record<string, string>>;
  readonly row: { readonly table: string; readonly id: string };
}

/** Sends a form to two servers, as a double click without script does it behind a load balancer; `port` is that of the other. */
export function senderOf({ database }: Pick<TestVestibule, "database">, other: { readonly port: number }) {
  return async ({ browser, page, fields, row }: TwiceSent, order: Order): Promise<Page[]> => {
    // With the cookies from before: the browser has no answer to the first yet.
    const [first, second] = [browser.copy(), browser.copy(other.port)];
    if (order === "one after the other") {
      return [await send(first, page, fields), await send(second, page, fields)];
    }
    const both = () => Promise.all([send(first, page, fields), send(second, page, fields)]);
    return order === "at the same moment" ? both() : whileLocked(database, row, { work: both, waiting: 2 });
  };
}

interface Held<T> {
  readonly work: () => Promise<T>;
  /** How many of its transactions come to wait for the row. */
  readonly waiting: number;
  /** What the other transaction does then. */
  readonly change?: (holder: Client) => Promise<unknown>;
}

/** Begins while another transaction has locked the row, which ends when the work waits for it. */
export async function whileLocked<T>(
  database: TestVestibule["database"],
  { table, id }: TwiceSent["row"],
  { work, waiting, change }: Held<T>,
): Promise<T> {
  const holder = new Client({ connectionString: database.ownerUrl });
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query(`select from ${table} where id = $1 for update`, [id]);
    const done = work();
    await eventually(
      () =>
        asOwner(
          database,
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        ),
      ({ length }) => length >= waiting,
    );
    await change?.(holder);
    await holder.query("commit");
    return await done;
  } finally {
    await holder.end();
  }
}

/** Where the answers lead, or their status where they lead nowhere. */
export const leads = (answers: readonly Page[]): string[] =>
  answers.map(({ status, location }) => (status === 303 ? new URL(location).pathname : String(status)));

/** The events of the audit log since this was called. */
export async function eventsFrom({
  database,
}: Pick<TestVestibule, "database">): Promise<() => Promise<string[]>> {
  const [last] = await asOwner<{ id: string }>(
    database,
    "select coalesce(max(id), 0) as id from audit_events",
  );
  return async () =>
    (
      await asOwner<{ type: string }>(database, "select type from audit_events where id > $1 order by type", [
        last?.id ?? "0",
      ])
    ).map(({ type }) => type);
}

/** The hidden fields and the choices of a page's form, in which nothing was typed. */
export function untouched({ body }: Page): Record<string, string> {
  const unescaped = (text: string) =>
    text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  const hidden = Array.from(
    body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g),
    ([, name = "", value = ""]) => [name, unescaped(value)] as const,
  );
  const chosen = Array.from(
    body.matchAll(/<select[^>]* name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g),
    ([, name = "", options = ""]) =>
      [name, unescaped(/value="([^"]*)" selected/.exec(options)?.[1] ?? "")] as const,
  );
  return Object.fromEntries([...hidden.filter(([name]) => name !== "lang"), ...chosen]);
}
