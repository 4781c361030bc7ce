import type { Services } from "../server/wiring/services.ts";
import { describeOffset, isWrong } from "../platform/processes/clock-reading.ts";
import { nameOf, withOtherDataKeys, type RunningProcess } from "../platform/processes/running-process.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** A process reports every 15 seconds that it runs. */
const SILENT_SECONDS = 35;

/** The servers and workers of the installation, on every machine, with their faults. */
export async function checkServers({ processes }: Pick<Services, "processes">): Promise<Finding[]> {
  const running = await processes.store.list();
  if (running.length === 0) {
    return [ok("Servers", "none runs at the moment")];
  }
  const lagging = new Set(withOtherDataKeys(running, processes.dataKeys));
  const versions = new Set(running.map(({ version }) => version));
  return [
    ...running.map((each) => findingOf(each, lagging.has(each))),
    ...missing(running),
    ...(versions.size === 1 ? [] : [mixed(versions)]),
  ];
}

function findingOf(running: RunningProcess, isLagging: boolean): Finding {
  const { version, startedAt, silentSeconds, clockOffMs } = running;
  const name = nameOf(running);
  const which = running.of === 1 ? "" : `, process ${String(running.number)} of ${String(running.of)}`;
  if (isWrong({ offsetMs: clockOffMs, uncertaintyMs: 0 })) {
    const advice = "Set the clock of its machine, for example by network time: it serves nothing until then.";
    return fail("Servers", `the clock of ${name} is ${describeOffset(clockOffMs)}`, advice);
  }
  if (isLagging) {
    const advice = "Give it the current secrets file and restart it.";
    return warn("Servers", `${name} runs with other data keys than the secrets file here`, advice);
  }
  if (silentSeconds > SILENT_SECONDS) {
    const advice = "It was killed, or cannot reach the database; look at its log.";
    return warn("Servers", `${name} was heard of ${String(Math.round(silentSeconds))} seconds ago`, advice);
  }
  return ok("Servers", `${name}${which}, version ${version}, since ${startedAt.toISOString()}`);
}

/** Servers of which fewer processes run than should. */
function missing(running: readonly RunningProcess[]): Finding[] {
  const groups = Map.groupBy(
    running.filter(({ primaryPid }) => primaryPid !== null),
    ({ host, primaryPid }) => `server ${String(primaryPid)} on ${host}`,
  );
  return [...groups].flatMap(([name, processes]) => {
    const of = processes[0]?.of ?? 0;
    const live = new Set(processes.map(({ number }) => number)).size;
    const says = `${String(live)} of ${String(of)} processes of ${name} run`;
    return live < of ? [warn("Servers", says, "The log of that server says why the others end.")] : [];
  });
}

const mixed = (versions: ReadonlySet<string>): Finding =>
  warn(
    "Servers",
    `of different versions: ${[...versions].sort().join(", ")}`,
    "Fine while an upgrade is under way; finish it.",
  );
