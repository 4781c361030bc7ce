import type { Command } from "commander";
import type { Answer } from "./answer.ts";
import { diagnose } from "./doctor-checks.ts";
import type { Finding } from "./finding.ts";
import { environment } from "./environment.ts";
import { addVerb, answering } from "./verb.ts";

export function addDoctorCommand(program: Command): void {
  addVerb(program, {
    usage: "doctor",
    about:
      "look at settings, database, roles, secrets, keys and port; changes nothing, exit code 1 for a fault",
    examples: ["doctor", "doctor --json"],
  }).action(answering(doctor));
}

async function doctor(): Promise<Answer> {
  const findings = await diagnose(environment);
  const isBad = findings.some(({ state }) => state === "fail");
  return { json: { isBad, findings }, text: findings.map(lineOf).join("\n"), isBad };
}

function lineOf({ state, check, says, advice }: Finding): string {
  const line = `${state.padEnd(4)}  ${check.padEnd(16)}  ${says}`;
  return advice === null ? line : `${line}\n${" ".repeat(24)}${advice}`;
}
