import { apiCalls } from "./api.ts";
import { compare } from "./compare.ts";
import { consolePages } from "./console.ts";
import { costOfFlows } from "./cost.ts";
import { flat } from "./flat.ts";
import { importing } from "./import.ts";
import { halfRate } from "./latency.ts";
import { machine } from "./machine.ts";
import { drain } from "./messages-drain.ts";
import { mondayMorning } from "./monday.ts";
import { readOptions, type Options, type Part } from "./options.ts";
import { accountPages } from "./pages.ts";
import { slowProvider } from "./provider.ts";
import { purging } from "./purge.ts";
import { writeReport } from "./report.ts";
import { signInByText } from "./texts.ts";
import { twoServers } from "./two-servers.ts";

const MEASURES: Readonly<Record<Part, (options: Options) => Promise<string>>> = {
  compare,
  flat,
  servers: twoServers,
  monday: mondayMorning,
  purge: purging,
  messages: drain,
  provider: slowProvider,
  texts: signInByText,
  pages: accountPages,
  latency: halfRate,
  console: consolePages,
  import: importing,
  api: apiCalls,
  cost: costOfFlows,
};

/**
 * The benchmark: `npm run bench`. It starts the servers as processes of their own, is itself the load, and prints what
 * it measured. Start at compare.ts for what is compared, flows.ts for what is done, README.md for why.
 */
const options = readOptions(process.argv.slice(2));
const report = [await MEASURES[options.part](options), `${machine()} ${roundsOf(options)}`.trim()].join(
  "\n\n",
);
console.log(report);
if (options.write) {
  await writeReport(options.part, report);
}

/** Nothing for what is done once, or says it in its table. */
function roundsOf({ part, rounds, seconds }: Options): string {
  return ["import", "purge", "monday", "cost"].includes(part)
    ? ""
    : `${String(rounds)} rounds of ${String(seconds)} s for each flow and side.`;
}
