import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Plan } from "./plan-module.ts";

/** What the tests of a plan said when the whole of it ran last, module by module. */
export type Results = Readonly<Record<string, "passed" | "failed">>;

const schema = z.record(z.string(), z.enum(["passed", "failed"]));

/** Empty for a plan that never ran. */
export function resultsOf(plan: Plan): Results {
  try {
    return schema.parse(JSON.parse(readFileSync(placeOf(plan), "utf8")));
  } catch {
    return {};
  }
}

/** A run that says what the one before said writes nothing. */
export function keepResults(plan: Plan, results: Results): void {
  const text = `${JSON.stringify(results, null, 2)}\n`;
  if (text !== `${JSON.stringify(resultsOf(plan), null, 2)}\n`) {
    mkdirSync(new URL(".", placeOf(plan)), { recursive: true });
    writeFileSync(placeOf(plan), text);
  }
}

const placeOf = ({ name }: Plan): URL => new URL(`results/${name}.json`, import.meta.url);
