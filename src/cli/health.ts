import type { Command } from "commander";
import { z } from "zod";
import { readListening } from "../server/settings/settings.ts";
import type { Answer } from "./answer.ts";
import { ownAddress } from "./own-address.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb, answering } from "./verb.ts";

const TIMEOUT_MS = 3_000;

/** `health`: asks a running server whether it works, and exits with 0 or 1. */
export function addHealthCommand(program: Command): void {
  addVerb(program, {
    usage: "health",
    about: "ask the server on this machine whether it is ready; exit code 1 when it is not",
    examples: ["health", "health --live"],
  })
    .option("--live", "only whether the process answers, also while it cannot serve")
    .option("--ready", "whether it serves (the default)")
    .action(answering(health));
}

const schema = z.object({
  status: z.string(),
  processes: z.object({ live: z.number(), of: z.number() }).optional(),
});

/** For health checks of containers and supervisors: needs only PORT and VESTIBULE_HOST, and no database. */
async function health(this: Command, { live }: { readonly live?: boolean }): Promise<Answer> {
  const asked = live === true ? "live" : "ready";
  const address = `${ownAddress(readListening(terminalOf(this).environment))}/health/${asked}`;
  const { status, processes } = await ask(address);
  const serving =
    processes === undefined ? "" : `, ${String(processes.live)} of ${String(processes.of)} processes`;
  return {
    json: { asked, address, status, ...(processes === undefined ? {} : { processes }) },
    text: `${address}: ${status}${serving}`,
    isBad: status !== "ok",
  };
}

async function ask(address: string): Promise<z.output<typeof schema>> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { status, processes } = schema.parse(await answer.json());
    return { status: answer.ok ? status : `${status} (${String(answer.status)})`, processes };
  } catch {
    // Nothing listens, the answer is too late, or it is not from a Vestibule.
    return { status: "no answer" };
  }
}
