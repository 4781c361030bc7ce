import { parseArgs } from "node:util";
import { z } from "zod";
import { FLOW_NAMES, type FlowName } from "./flows.ts";

const schema = z.object({
  seconds: z.coerce.number().positive().max(600),
  rounds: z.coerce.number().int().min(1).max(100),
  flows: z
    .string()
    .transform((list) => list.split(","))
    .pipe(z.array(z.enum(FLOW_NAMES))),
  flat: z.boolean(),
  messages: z.boolean(),
  write: z.boolean(),
});

export interface Options {
  /** Length of a round. */
  readonly seconds: number;
  /** Rounds of each flow on each side. */
  readonly rounds: number;
  readonly flows: readonly FlowName[];
  /** Compare an empty with a full database instead of Vestibule with its rival. */
  readonly flat: boolean;
  /** Measure the queue of messages. */
  readonly messages: boolean;
  /** Put the tables into docs/performance.md. */
  readonly write: boolean;
}

export function readOptions(given: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...given],
    options: {
      seconds: { type: "string", default: "2.5" },
      rounds: { type: "string", default: "5" },
      flows: { type: "string", default: FLOW_NAMES.join(",") },
      flat: { type: "boolean", default: false },
      messages: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  return schema.parse(values);
}
