import { parseArgs } from "node:util";
import { z } from "zod";
import { FLOW_NAMES, type FlowName } from "./flows.ts";

/** What can be measured, each in a run of its own and in a section of its own in the document. */
const PARTS = [
  "compare",
  "flat",
  "servers",
  "monday",
  "purge",
  "messages",
  "provider",
  "texts",
  "pages",
  "latency",
  "console",
  "import",
  "api",
  "cost",
] as const;
export type Part = (typeof PARTS)[number];

const schema = z.object({
  seconds: z.coerce.number().positive().max(600),
  rounds: z.coerce.number().int().min(1).max(100),
  flows: z
    .string()
    .transform((list) => list.split(","))
    .pipe(z.array(z.enum(FLOW_NAMES))),
  part: z.enum(PARTS),
  scale: z.coerce.number().positive().max(10),
  processes: z.coerce.number().int().min(1).max(64),
  write: z.boolean(),
});

export interface Options {
  /** Length of a round. */
  readonly seconds: number;
  /** Rounds of each flow on each side. */
  readonly rounds: number;
  readonly flows: readonly FlowName[];
  readonly part: Part;
  /** Of the data that `console`, `flat`, `purge`, `import` and `api` make, of the minute of `monday` and of the runs of `cost`; 1 is what the platform is meant to carry. */
  readonly scale: number;
  /** Processes of the Vestibule that `compare`, `flat` and `pages` measure. */
  readonly processes: number;
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
      ...FLAGS,
      scale: { type: "string", default: "1" },
      processes: { type: "string", default: "1" },
      write: { type: "boolean", default: false },
    },
  });
  const part = PARTS.find((name) => values[name] === true) ?? "compare";
  return schema.parse({ ...values, part });
}

const FLAGS = {
  compare: { type: "boolean" },
  flat: { type: "boolean" },
  servers: { type: "boolean" },
  monday: { type: "boolean" },
  purge: { type: "boolean" },
  messages: { type: "boolean" },
  provider: { type: "boolean" },
  texts: { type: "boolean" },
  pages: { type: "boolean" },
  latency: { type: "boolean" },
  console: { type: "boolean" },
  import: { type: "boolean" },
  api: { type: "boolean" },
  cost: { type: "boolean" },
} as const satisfies Record<Part, { type: "boolean" }>;
