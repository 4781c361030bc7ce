import { compare } from "./compare.ts";
import { flat } from "./flat.ts";
import { machine } from "./machine.ts";
import { readOptions } from "./options.ts";
import { writeReport } from "./report.ts";

/**
 * The benchmark: `npm run bench`. It starts the servers as processes of their own, is itself the load, and prints what
 * it measured. Start at compare.ts for what is compared, flows.ts for what is done, README.md for why.
 */
const options = readOptions(process.argv.slice(2));
const report = [
  options.flat ? await flat(options) : await compare(options),
  `${machine()} ${String(options.rounds)} rounds of ${String(options.seconds)} s for each flow and side.`,
].join("\n\n");
console.log(report);
if (options.write) {
  await writeReport(options.flat ? "flat" : "compare", report);
}
