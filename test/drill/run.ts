import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { machine } from "../../bench/machine.ts";
import { packagesMissing } from "./databases.ts";
import { drill, type Outcome } from "./drill.ts";
import { FAULTS } from "./faults.ts";
import { WAYS, type Way } from "./installation.ts";
import { machinesMissing } from "./machine.ts";

/**
 * `npm run drill -- [fault …] [--way haproxy|hosts] [--write] [--if-possible]`: a highly available installation on this machine, and
 * everything that docs/high-availability.md says of its failures. `--write` puts the table there.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    way: { type: "string", default: "haproxy" },
    write: { type: "boolean", default: false },
    "if-possible": { type: "boolean", default: false },
  },
});
const way = WAYS.find((each) => each === values.way);
if (way === undefined) {
  throw new Error(`--way is one of ${WAYS.join(", ")}.`);
}
const missing = packagesMissing() ?? (await machinesMissing());
if (missing === null) {
  await runDrill(positionals.length > 0 ? positionals : Object.keys(FAULTS), way);
} else if (values["if-possible"]) {
  console.log(`The drill is left out: it needs ${missing}.\n  0 passing`);
} else {
  throw new Error(`The drill needs ${missing}. docs/high-availability.md says more.`);
}

async function runDrill(names: readonly string[], by: Way): Promise<void> {
  const began = performance.now();
  const rows: string[] = [];
  let failing = 0;
  await drill(names, by, (name, outcome) => {
    const faults = [...outcome.lost, ...outcome.doubled, ...outcome.wrong];
    failing += faults.length === 0 ? 0 : 1;
    rows.push(rowOf(name, outcome));
    console.log([rows.at(-1), ...faults].join("\n"));
  });
  const minutes = ((performance.now() - began) / 60_000).toFixed(0);
  if (values.write) {
    writeTable(by, [...HEAD, ...rows, "", `${machine()} The whole drill took ${minutes} minutes.`]);
  }
  console.log(`  ${String(rows.length - failing)} passing\n  ${String(failing)} failing`);
  process.exitCode = failing === 0 ? 0 : 1;
}

const HEAD = [
  "| what happens | seconds without a sign-in | sign-ins | answered 5xx | lost | doubled | wrong |",
  "| --- | --: | --: | --: | --: | --: | --: |",
] as const;

function rowOf(name: string, { secondsAway, finished, refused, lost, doubled, wrong }: Outcome): string {
  const counts = [finished, refused, lost.length, doubled.length, wrong.length].map(String);
  return `| ${[FAULTS[name]?.what ?? name, secondsAway.toFixed(1), ...counts].join(" | ")} |`;
}

function writeTable(by: Way, lines: readonly string[]): void {
  const document = new URL("../../docs/high-availability.md", import.meta.url);
  const text = readFileSync(document, "utf8");
  const [begin, end] = [`<!-- drill ${by} -->`, `<!-- end ${by} -->`];
  const [start, stop] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  writeFileSync(document, `${text.slice(0, start)}\n\n${lines.join("\n")}\n\n${text.slice(stop)}`);
}
