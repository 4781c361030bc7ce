import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Office } from "../domain/offices/office.ts";
import type { ImportRun } from "../domain/users/user-import.ts";
import { table, type Answer } from "./answer.ts";
import { OFFICE_OPTION } from "./find-user.ts";
import { getOffice } from "./get-office.ts";
import { terminalOf, write } from "./terminal.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, OPERATOR, withServices } from "./with-services.ts";

interface ImportOptions {
  readonly office: string;
  readonly dryRun?: boolean;
  readonly invite?: boolean;
}

/** Verdicts that are printed; there may be a hundred thousand. */
const MOST = 100;

/** Many users at once, as CSV. */
export function addFileCommands(noun: Command): void {
  addVerb(noun, {
    usage: "import",
    about:
      "add the users of a CSV file on standard input, all of them or none; columns: username, name, mail, mobile number, language, role",
    examples: [
      "user import --office NOORD --dry-run < people.csv",
      "user import --office NOORD --invite < people.csv",
    ],
  })
    .requiredOption(...OFFICE_OPTION)
    .option("--dry-run", "say what is wrong with which line, and add nobody")
    .option("--invite", "send everybody with a mail address a link with which to choose a password")
    .action(answering(withServices(importUsers)));
  addVerb(noun, {
    usage: "export",
    about: "print the users of an office as CSV",
    examples: ["user export --office NOORD > people.csv"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(withServices(exportUsers));
}

async function importUsers(this: Command, services: Services, options: ImportOptions): Promise<Answer> {
  const { input } = terminalOf(this);
  if (input.isTTY === true) {
    throw new OperatorError(
      'Give the file on standard input: "npx vestibule user import --office NOORD < people.csv".',
    );
  }
  if (options.invite === true && services.settings.gateways.mail === "none") {
    throw new OperatorError("No mail goes out: VESTIBULE_MAIL_GATEWAY is none.");
  }
  const office = await getOffice(services, options.office);
  const { importer, words } = services.imports;
  const run = await importer.check(office, input, OPERATOR);
  if (run.fault !== null) {
    throw new OperatorError(words("en").file(run.fault));
  }
  if (run.bad > 0) {
    return tellFaults(services, run);
  }
  if (options.dryRun === true) {
    await importer.drop(run);
    return {
      json: { dryRun: true, rows: run.rows, bad: 0, faults: [] },
      text: `${people(run.rows)} would be added to the office ${office.code}; nothing is wrong with the file.`,
    };
  }
  return apply(services, { office, run, invites: options.invite === true });
}

async function apply(
  services: Services,
  { office, run, invites }: { office: Office; run: ImportRun; invites: boolean },
): Promise<Answer> {
  const result = await services.imports.apply.apply(run.id, { office, by: OPERATOR, invites });
  switch (result.type) {
    case "applied":
      return {
        json: { added: result.added, invites },
        text: `${people(result.added)} added to the office ${office.code}.${invites ? " Their invitations go out from the server's queue." : ""}`,
      };
    case "changed":
      return tellFaults(services, run);
    case "busy":
    case "refused":
    case "role":
      throw new OperatorError("Another import of this office was begun meanwhile; nobody was added.");
  }
}

async function tellFaults({ imports }: Services, { id, officeId }: ImportRun): Promise<Answer> {
  const verdicts = await imports.importer.faults({ id, officeId }, { after: 0, limit: MOST });
  const run = await imports.importer.find(officeId, id);
  await imports.importer.drop({ id, officeId });
  const { row } = imports.words("en");
  const faults = verdicts.map(({ line, username, faults: all }) => ({
    line,
    username,
    faults: all.map(({ code }) => code),
    text: all.map(row).join(" "),
  }));
  const bad = run?.bad ?? faults.length;
  const lines = faults.map(({ line, username, text }) => [String(line), username, text]);
  const more = bad > faults.length ? `\n… and ${String(bad - faults.length)} more.` : "";
  return {
    json: { added: 0, rows: run?.rows ?? 0, bad, faults },
    text: `Nobody was added: ${String(bad)} of ${String(run?.rows ?? 0)} lines are not right.\n\n${table(["LINE", "USERNAME", "WHAT IS WRONG"], lines, "")}${more}`,
    isBad: true,
  };
}

const people = (count: number): string => `${String(count)} ${count === 1 ? "user" : "users"}`;

/** Prints while it reads: an office may have more users than fit into memory. */
async function exportUsers(
  this: Command,
  services: Services,
  { office: code, json }: { office: string; json?: boolean },
): Promise<void> {
  if (json === true) {
    throw new OperatorError('This prints CSV; "npx vestibule user list --json" prints JSON.');
  }
  const { output } = terminalOf(this);
  const office = await getOffice(services, code);
  for await (const piece of services.imports.userExport.write(office.id, ACTOR)) {
    await write(output, piece);
  }
}
