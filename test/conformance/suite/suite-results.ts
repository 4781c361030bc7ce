import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { ConformancePlan } from "../../../src/cli/conformance-plans.ts";

const moduleResult = z.object({
  result: z.enum(["PASSED", "WARNING", "REVIEW", "SKIPPED", "FAILED", "UNFINISHED"]),
  /** What the suite warned of or found wrong, in its words. */
  remarks: z.array(z.string()),
});
const schema = z.object({
  /** The suite's version and the day of the run. */
  version: z.string(),
  date: z.string(),
  modules: z.record(z.string(), moduleResult),
});

export type SuiteModuleResult = z.output<typeof moduleResult>;
export type SuiteResults = z.output<typeof schema>;

/** What the suite said when it ran the plan last; null when it never did. */
export function suiteResultsOf(plan: ConformancePlan): SuiteResults | null {
  try {
    return schema.parse(JSON.parse(readFileSync(placeOf(plan), "utf8")));
  } catch {
    return null;
  }
}

export function keepSuiteResults(plan: ConformancePlan, results: SuiteResults): void {
  writeFileSync(placeOf(plan), `${JSON.stringify(schema.parse(results), null, 2)}\n`);
}

const placeOf = (plan: ConformancePlan): URL => new URL(`results/${plan}.json`, import.meta.url);
