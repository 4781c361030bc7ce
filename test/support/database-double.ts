import { UNMARKED, type Presence } from "../../src/platform/database/presence.ts";
import type { Database, Queryable, Statement } from "../../src/platform/database/database.ts";

/** A database without tables: it answers no row, or hangs, or fails, and counts what it was asked. */
export class DatabaseDouble implements Database {
  hangs = false;
  error: Error | null = null;
  readonly #asked: string[] = [];

  asked(name: string): number {
    return this.#asked.filter((one) => one === name).length;
  }

  query<Row extends object>({ name }: Statement): Promise<Row[]> {
    this.#asked.push(name);
    if (this.hangs) {
      return new Promise(() => undefined);
    }
    return this.error === null ? Promise.resolve([]) : Promise.reject(this.error);
  }

  inOffice<T>(_officeId: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
    return work(this);
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return work(this);
  }

  listen(): Promise<never> {
    return Promise.reject(new Error("There is nothing to listen to."));
  }

  markPresence(): Promise<Presence> {
    return Promise.resolve(UNMARKED);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
