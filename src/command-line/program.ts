import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { addAfterRestoreCommand } from "./after-restore.ts";
import { addAppCommands } from "./app.ts";
import { addAuditCommands } from "./audit.ts";
import { addDemoCommands } from "./demo.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addKeysCommands } from "./keys.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addOfficeCommands } from "./office.ts";
import { addOfficeActions } from "./office-actions.ts";
import { addStartCommand } from "./start.ts";
import { addSupportCommands } from "./support.ts";
import { addUserCommands } from "./user.ts";
import { addWorkerCommand } from "./worker.ts";
import { examplesOf, ownOptionsFirst } from "./verb.ts";

const EXAMPLES = [
  "start",
  'office add NOORD --name "Noord & Zonen"',
  'user add sanne --office NOORD --name "Sanne Bakker" --role superuser',
  'app add --type web --name "Ledger" --redirect-uri https://ledger.example.com/callback',
];

/** Every noun in the order of help. Throws CommanderError for what cannot be understood. */
export function createProgram(): Command {
  const program = new Command("vestibule")
    .description("An OpenID Connect identity provider for companies with many customer offices.")
    .version(manifest.version)
    .helpCommand(false)
    .configureHelp({ visibleOptions: ownOptionsFirst })
    .exitOverride()
    // Faults are told once, by complain.ts, which knows about --json.
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", `${examplesOf(EXAMPLES)}\n\nSettings come from the environment: docs/settings.md.`);
  addStartCommand(program);
  addWorkerCommand(program);
  addMigrateCommand(program);
  addAfterRestoreCommand(program);
  addDoctorCommand(program);
  addOfficeActions(addOfficeCommands(program));
  addUserCommands(program);
  addSupportCommands(program);
  addAppCommands(program);
  addKeysCommands(program);
  addAuditCommands(program);
  addDemoCommands(program);
  return program;
}
