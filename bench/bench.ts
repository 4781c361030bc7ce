import { compare } from "./compare.ts";
import { flat } from "./flat.ts";
import { drain } from "./messages-drain.ts";
import { machine } from "./machine.ts";
import { readOptions, type Options } from "./options.ts";
import { writeReport } from "./report.ts";

/**
 * The benchmark: `npm run bench`. It starts the servers as processes of their own, is itself the load, and prints what
 * it measured. Start at compare.ts for what is compared, flows.ts for what is done, README.md for why.
 */
const options = readOptions(process.argv.slice(2));
const report = [
  await measured(),
  `${machine()} ${String(options.rounds)} rounds of ${String(options.seconds)} s for each flow and side.`,
].join("\n\n");
console.log(report);
if (options.write) {
  await writeReport(sectionOf(options), report);
}

function measured(): Promise<string> {
  if (options.messages) {
    return drain(options);
  }
  return options.flat ? flat(options) : compare(options);
}

function sectionOf({ messages, flat: isFlat }: Options): string {
  return messages ? "messages" : isFlat ? "flat" : "compare";
}
