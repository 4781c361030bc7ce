import { isDeepStrictEqual } from "node:util";
import type { Domain, Services } from "../../server/wiring/services.ts";
import type { Database } from "../../platform/database/database.ts";
import type { Scope } from "../../platform/database/one-transaction.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { References } from "./references.ts";

/** What a plan is made of: groups of steps, each with the change that it makes. */

/** What a step does, for people and for programs. */
export interface Change {
  readonly what: "add" | "change" | "remove";
  /** Such as `application Ledger`. */
  readonly subject: string;
  /** Each field, as it is and as it would be. */
  readonly fields: readonly FieldChange[];
}

export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The domain in the transaction of a group, and its office; null where there is none. */
export interface Target {
  readonly domain: Domain;
  readonly database: Database;
  readonly office: Office | null;
  /** What is shown once, at the end. */
  readonly made: (secret: MadeSecret) => void;
}

/** A new application or webhook, with the secret that was made here. */
export interface MadeSecret {
  readonly what: "application" | "webhook";
  readonly name: string;
  /** The client id of an application. */
  readonly id: string;
  readonly secret: string | null;
}

/** One change. It returns the office when it has changed that. */
export interface Step {
  readonly change: Change;
  run(target: Target): Promise<Office | null>;
}

/** Steps that are done together or not at all. */
export interface Group {
  /** Such as `office NOORD`. */
  readonly title: string;
  readonly scope: Scope;
  /** As it was found; null for none, and for one that is to be added. */
  readonly office: Office | null;
  readonly steps: readonly Step[];
}

/** What a plan is made from. */
export interface Planning {
  readonly services: Services;
  readonly references: References;
}

/** The fields in which `after` differs. */
export const fieldsOf = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly FieldChange[] =>
  Object.keys(after)
    .filter((field) => !isDeepStrictEqual(before[field] ?? null, after[field] ?? null))
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));

/** A step that leaves the office as it is. */
export const step = (change: Change, run: (target: Target) => Promise<unknown>): Step => ({
  change,
  run: async (target) => {
    await run(target);
    return null;
  },
});

/** The office of a target that has one. */
export function officeOf({ office }: Target): Office {
  if (office === null) {
    throw new Error("The office of this step has not been added.");
  }
  return office;
}
