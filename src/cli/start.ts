import type { Command } from "commander";
import { createLog } from "../kernel/log.ts";
import { STOP_LIMIT_MS } from "../kernel/stop-within.ts";
import { groupMember, REPLACED_MS, type GroupMember } from "../platform/processes/group-member.ts";
import { ProcessGroup } from "../platform/processes/process-group.ts";
import { readSettings, type Settings } from "../server/settings/settings.ts";
import { settingsOfProcess } from "../server/settings/process-settings.ts";
import { startUnlessStopped, stopRequested, STOPPED_EARLY } from "./stop-requested.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb } from "./verb.ts";

/** `start`: runs the server until it is asked to stop. */
export function addStartCommand(program: Command): void {
  addVerb(program, {
    usage: "start",
    about: "run the server until Ctrl-C or SIGTERM; a second Ctrl-C ends it at once",
    examples: ["start", "start --json"],
  }).action(start);
}

/** Notices go to standard error, so that standard output holds the greeting or JSON lines alone. */
async function start(this: Command, { json }: { json?: boolean }): Promise<void> {
  const { environment } = terminalOf(this);
  const settings = readSettings(environment);
  const member = groupMember(environment);
  if (member !== null) {
    await serveAsMember(settings, member);
  } else if (settings.processes > 1) {
    await serveByGroup(settings, json === true);
  } else {
    await serveAlone(settings, json === true);
  }
  process.exit();
}

async function serveAlone(settings: Settings, isJson: boolean): Promise<void> {
  const asked = stopRequested();
  const main = await import("../server/main.ts");
  const running = await startUnlessStopped(asked, (unwanted) => main.start(settings, unwanted));
  greet(settings, { greeting: running.greeting, isJson, pids: [process.pid] });
  await running.stop(await asked);
  console.error("Stopped.");
}

/** One of several processes of a server; the primary speaks to the terminal. */
async function serveAsMember(settings: Settings, member: GroupMember): Promise<void> {
  const main = await import("../server/main.ts");
  const own = settingsOfProcess(settings, { number: member.number, of: member.of });
  const running = await startUnlessStopped(
    member.asked,
    (unwanted) => main.start(own, unwanted, member.live),
    () => undefined,
  ).catch((error: unknown) => {
    member.release();
    throw error;
  });
  member.ready(running.greeting);
  await running.stop(await member.asked);
}

/** A process that has stopped is gone a moment later. */
const EXIT_MS = 1_000;

/** The primary process: it serves nothing, so it loads nothing of the server. */
async function serveByGroup(settings: Settings, isJson: boolean): Promise<void> {
  const group = groupOf(settings);
  // A terminal that is closed says so by SIGHUP, too: there the server stops.
  const isAtTerminal = process.stdin.isTTY || process.stderr.isTTY;
  const asked = stopRequested({
    atOnce: () => {
      group.kill();
    },
    onHangUp: isAtTerminal ? undefined : () => void group.roll(),
  });
  const stopped = asked.then(({ reason, hurry }) => group.stop(reason, hurry));
  const started = await group.start();
  if (started.state === "refused") {
    process.exit(1);
  }
  if (started.state === "serving") {
    greet(settings, { greeting: started.greeting, isJson, pids: group.pids });
  }
  await stopped;
  console.error(started.state === "stopped" ? STOPPED_EARLY : "Stopped.");
}

/** The primary itself is number 0 in the log. */
function groupOf({ processes: size, shutdownDelaySeconds, logLevel }: Settings): ProcessGroup {
  const endsMs = STOP_LIMIT_MS + EXIT_MS;
  return new ProcessGroup({
    ...{ size, log: createLog(logLevel, 0) },
    endsMs: shutdownDelaySeconds * 1_000 + endsMs,
    replacedEndsMs: REPLACED_MS + endsMs,
  });
}

interface Greeting {
  readonly greeting: string;
  readonly isJson: boolean;
  /** Those that serve. */
  readonly pids: readonly number[];
}

function greet(settings: Settings, { greeting, isJson, pids }: Greeting): void {
  const { issuer, productName, processes } = settings;
  const address = addressOf(settings);
  if (isJson) {
    const several = processes === 1 ? {} : { processes: pids };
    console.log(JSON.stringify({ issuer, address, pid: process.pid, ...several }));
  } else if (greeting === "") {
    const several = processes === 1 ? "" : `, with ${String(pids.length)} processes`;
    console.error(`${productName} listens on ${address} as ${issuer}${several}.`);
  } else {
    console.log(greeting);
  }
}

function addressOf({ host, port }: Settings): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}
