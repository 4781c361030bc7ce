import type { Command } from "commander";
import type { Answer } from "./answer.ts";
import { diagnose } from "./doctor-checks.ts";
import { tryMessages } from "./doctor-messages.ts";
import type { Finding } from "./finding.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb, answering } from "./verb.ts";

/** `doctor`: checks the installation, and says what is wrong and what to do. */
export function addDoctorCommand(program: Command): void {
  addVerb(program, {
    usage: "doctor",
    about:
      "look at settings, database, roles, secrets, keys and port; changes nothing, exit code 1 for a fault",
    examples: ["doctor", "doctor --json", "doctor --sms +31612345678", "doctor --mail you@example.com"],
  })
    .option(
      "--sms <number>",
      "send a text message to this number through the gateway of the settings; it costs money",
    )
    .option("--mail <address>", "send a mail to this address through the gateway of the settings")
    .action(answering(doctor));
}

async function doctor(this: Command, tries: { sms?: string; mail?: string }): Promise<Answer> {
  const { environment } = terminalOf(this);
  const findings = [...(await diagnose(environment)), ...(await tryMessages(environment, tries))];
  const isBad = findings.some(({ state }) => state === "fail");
  return { json: { isBad, findings }, text: findings.map(lineOf).join("\n"), isBad };
}

function lineOf({ state, check, says, advice }: Finding): string {
  const line = `${state.padEnd(4)}  ${check.padEnd(16)}  ${says}`;
  return advice === null ? line : `${line}\n${" ".repeat(24)}${advice}`;
}
