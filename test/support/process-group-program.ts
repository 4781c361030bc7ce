import cluster from "node:cluster";
import { createLog } from "../../src/kernel/log.ts";
import { groupMember } from "../../src/platform/processes/group-member.ts";
import { ProcessGroup } from "../../src/platform/processes/process-group.ts";

/** Three processes that do nothing, of which those whose numbers are given crash at their start: how a group keeps them. */
const crashing = process.argv.slice(2).map(Number);
if (cluster.isPrimary) {
  const group = new ProcessGroup({
    size: 3,
    endsMs: 5_000,
    replacedEndsMs: 5_000,
    log: createLog("info", 0),
  });
  process.on("SIGHUP", () => void group.roll());
  process.on("SIGTERM", () => {
    void group.stop("SIGTERM", new AbortController().signal).then(() => process.exit());
  });
  await group.start().then(
    (outcome) => {
      console.log(JSON.stringify(outcome));
    },
    (error: unknown) => {
      console.log(JSON.stringify({ error: String(error) }));
      process.exitCode = 1;
    },
  );
} else {
  const member = groupMember(process.env);
  if (member === null || crashing.includes(member.number)) {
    process.exit(7);
  }
  member.ready(`greeting of ${String(member.number)}`);
  await member.asked;
  process.exit();
}
