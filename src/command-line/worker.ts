import type { Command } from "commander";
import { readSettings } from "../settings.ts";
import { stopAsked } from "./stop-asked.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb } from "./verb.ts";

export function addWorkerCommand(program: Command): void {
  addVerb(program, {
    usage: "worker",
    about:
      "hand mails and text messages over, without a web server, until Ctrl-C or SIGTERM; for servers with VESTIBULE_MESSAGE_WORKERS=no",
    examples: ["worker", "worker --json"],
  }).action(work);
}

async function work(this: Command, { json }: { json?: boolean }): Promise<void> {
  const settings = readSettings(terminalOf(this).environment);
  const asked = stopAsked();
  const { composeServices } = await import("../compose.ts");
  const { startPresence } = await import("../compose-processes.ts");
  const { startWorkers } = await import("../compose-messages.ts");
  const services = await composeServices(settings);
  const presence = await startPresence(services, "worker");
  const { clockWatch } = services.processes;
  const workers = await clockWatch
    .whileRight(() => startWorkers(services))
    .catch(async (error: unknown) => {
      await presence.stop();
      await services.close();
      throw error;
    });
  if (json === true) {
    console.log(JSON.stringify({ pid: process.pid, gateways: settings.gateways }));
  } else {
    const { mail, sms } = settings.gateways;
    console.error(`${settings.productName} hands messages over (mail: ${mail}, text messages: ${sms}).`);
  }
  await asked;
  await workers.stop();
  await presence.stop();
  await services.close();
  console.error("Stopped.");
  process.exit();
}
