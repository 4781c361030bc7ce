import { CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { OperatorError } from "../kernel/errors.ts";
import { wasNotUtf8 } from "../kernel/utf8.ts";
import { addAfterRestoreCommand } from "./after-restore.ts";
import { addAppCommands } from "./app.ts";
import { addAuditCommands } from "./audit.ts";
import { reportError } from "./report-error.ts";
import { addDemoCommands } from "./demo.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addHealthCommand } from "./health.ts";
import { addKeysCommands } from "./keys.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addOfficeCommands } from "./office.ts";
import { addOfficeActions } from "./office-actions.ts";
import { addPasskeyMetadataCommands } from "./passkey-metadata.ts";
import { addScimCommands } from "./scim.ts";
import { addShardCommand } from "./shard.ts";
import { addApplyCommand } from "./site/apply.ts";
import { addExportCommand } from "./site/export.ts";
import { addStartCommand } from "./start.ts";
import { addSupportCommands } from "./support.ts";
import { Program, type Terminal } from "./terminal.ts";
import { addUserCommands } from "./user.ts";
import { addWorkerCommand } from "./worker.ts";
import { examplesOf, ownOptionsFirst } from "./verb.ts";

const EXAMPLES = [
  "start",
  'office add NOORD --name "Noord & Zonen"',
  'user add sanne --office NOORD --name "Sanne Bakker" --role superuser',
  'app add --type web --name "Ledger" --redirect-uri https://ledger.example.com/callback',
];

/** Width of the help text without a terminal, in a file or a pipe. */
const PLAIN_WIDTH = 80;

/** Runs the typed command and returns the exit code. Faults are printed, not thrown. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    requireUtf8(args);
    await program.parseAsync(args, { from: "user" });
    return program.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return 0;
    }
    reportError(error, args, terminal);
    return 1;
  }
}

/** What is no UTF-8 reaches this program with a sign in place of its letters, and would be stored so. */
function requireUtf8(args: readonly string[]): void {
  const wrong = args.find(wasNotUtf8);
  if (wrong !== undefined) {
    throw new OperatorError(
      `This argument is not in UTF-8: ${wrong}. Set the terminal to UTF-8, and type it again.`,
    );
  }
}

/** Every noun, in the order of the help. Throws CommanderError for invalid usage. */
export function createProgram(terminal: Terminal): Program {
  const { output, errorOutput } = terminal;
  const program = new Program("npx vestibule", terminal);
  program
    .description("An OpenID Connect identity provider for companies with many customer offices.")
    .version(manifest.version)
    .helpCommand(false)
    .configureHelp({ visibleOptions: ownOptionsFirst })
    .exitOverride()
    // Faults are printed once, by report-error.ts, which knows about --json.
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => output.write(text),
      writeErr: (text) => errorOutput.write(text),
      getOutHelpWidth: () => output.columns ?? PLAIN_WIDTH,
      getErrHelpWidth: () => errorOutput.columns ?? PLAIN_WIDTH,
    })
    .addHelpText("after", `${examplesOf(EXAMPLES)}\n\nSettings come from the environment: docs/settings.md.`);
  addStartCommand(program);
  addWorkerCommand(program);
  addMigrateCommand(program);
  addAfterRestoreCommand(program);
  addDoctorCommand(program);
  addHealthCommand(program);
  addOfficeActions(addOfficeCommands(program));
  addUserCommands(program);
  addSupportCommands(program);
  addAppCommands(program);
  addScimCommands(program);
  addApplyCommand(program);
  addExportCommand(program);
  addKeysCommands(program);
  addPasskeyMetadataCommands(program);
  addAuditCommands(program);
  addShardCommand(program);
  addDemoCommands(program);
  return program;
}
