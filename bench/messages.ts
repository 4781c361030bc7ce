import { z } from "zod";

/**
 * What the bench asks a server process, and what it answers. `seed` makes people and applications; `count` begins to
 * count statements and `counted` ends it, so that nothing is counted while time is measured.
 */
const QUESTIONS = ["usage", "seed", "count", "counted", "stop"] as const;
export type Question = (typeof QUESTIONS)[number];

export const questionSchema = z.object({ question: z.enum(QUESTIONS) });

export const usageSchema = z.object({
  /** Resident memory in bytes. */
  rss: z.number(),
  /** Processor time in milliseconds since the process began. */
  cpu: z.number(),
});
export type Usage = z.output<typeof usageSchema>;

export const countedSchema = z.object({
  /** Statements that were sent to PostgreSQL. */
  statements: z.number(),
  /** Transactions that wrote something, each flushed to the disk before it was answered. */
  commits: z.number(),
});
export type Counted = z.output<typeof countedSchema>;

const clientSchema = z.object({ id: z.string(), secret: z.string() });
export const seededSchema = z.object({
  issuer: z.string(),
  web: clientSchema,
  /** A web application that asks for refresh tokens that are replaced at each use. */
  rotating: clientSchema,
  machine: clientSchema,
  /** A web application of the office that has passkeys. */
  keyed: clientSchema,
  /** Algorithm of the web application's ID tokens. */
  algorithm: z.string(),
});
export type Seeded = z.output<typeof seededSchema>;
