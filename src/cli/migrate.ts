import type { Command } from "commander";
import { createLog } from "../kernel/log.ts";
import { openDatabase } from "../platform/database/open-database.ts";
import { readSettings } from "../server/settings/settings.ts";
import type { Answer } from "./answer.ts";
import { terminalOf } from "./terminal.ts";
import { addVerb, answering } from "./verb.ts";

/** `migrate`: brings the database up to date. */
export function addMigrateCommand(program: Command): void {
  addVerb(program, {
    usage: "migrate",
    about: "bring the database up to date; every start does this too",
    examples: ["migrate", "migrate --json"],
  }).action(answering(migrate));
}

async function migrate(this: Command): Promise<Answer> {
  const { migrated, close } = await openDatabase(
    readSettings(terminalOf(this).environment),
    createLog("silent"),
  );
  await close();
  return {
    json: { migrated },
    text:
      migrated.length === 0
        ? "The database is up to date."
        : `The database is up to date now. These ran:\n${migrated.map((name) => `  ${name}`).join("\n")}`,
  };
}
