import { deliveredEvents } from "./api-events.ts";
import { importByApi } from "./api-import.ts";
import { readingByApi } from "./api-reading.ts";
import type { Options } from "./options.ts";

/** The management API and its events, each part on an installation of its own. Answers the tables. */
export async function apiCalls(options: Options): Promise<string> {
  const tables = [];
  for (const part of [readingByApi, importByApi, deliveredEvents]) {
    tables.push(await part(options));
  }
  return tables.join("\n\n");
}
