import type { Command } from "commander";
import { readSettings, type Settings } from "../server/settings/settings.ts";
import { startUnlessStopped, stopRequested } from "./stop-requested.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb } from "./verb.ts";

export function addStartCommand(program: Command): void {
  addVerb(program, {
    usage: "start",
    about: "run the server until Ctrl-C or SIGTERM; a second Ctrl-C ends it at once",
    examples: ["start", "start --json"],
  }).action(start);
}

/** Notices go to standard error, so that standard output holds the greeting or JSON lines alone. */
async function start(this: Command, { json }: { json?: boolean }): Promise<void> {
  const settings = readSettings(terminalOf(this).environment);
  const asked = stopRequested();
  const main = await import("../server/main.ts");
  const running = await startUnlessStopped(asked, (unwanted) => main.start(settings, unwanted));
  greet(settings, running.greeting, json === true);
  await running.stop(await asked);
  console.error("Stopped.");
  process.exit();
}

function greet(settings: Settings, greeting: string, isJson: boolean): void {
  if (isJson) {
    console.log(JSON.stringify({ issuer: settings.issuer, address: addressOf(settings), pid: process.pid }));
  } else if (greeting === "") {
    console.error(`${settings.productName} listens on ${addressOf(settings)} as ${settings.issuer}.`);
  } else {
    console.log(greeting);
  }
}

function addressOf({ host, port }: Settings): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}
