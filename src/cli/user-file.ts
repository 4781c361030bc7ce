import { Option, type Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { CSV_ENCODINGS, type CsvEncoding } from "../kernel/csv/csv-encoding.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Office } from "../domain/offices/office.ts";
import type { ImportRun } from "../domain/users/user-import-model.ts";
import { table, type Answer } from "./answer.ts";
import { OFFICE_OPTION } from "./find-user.ts";
import { getOffice } from "./get-office.ts";
import { printPersonalData } from "./user-delete.ts";
import { terminalOf, write } from "./terminal.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, OPERATOR, withServices } from "./with-services.ts";

interface ImportOptions {
  readonly office: string;
  readonly dryRun?: boolean;
  readonly invite?: boolean;
  readonly mailProved?: boolean;
  readonly encoding?: CsvEncoding;
}

/** The number of faulty lines that are printed; a file may have a hundred thousand. */
const MAX_FAULTS = 100;

/** Import and export of users as files. */
export function addFileCommands(noun: Command): void {
  addVerb(noun, {
    usage: "import",
    about:
      "add the users of a file on standard input, CSV or JSON Lines, all of them or none; columns: username, name, mail, mobile number, language, role, and for people of another system password hash, totp secret, totp algorithm, totp digits, totp period, mobile number confirmed, passkeys (a list in JSON)",
    examples: [
      "user import --office NOORD --dry-run < people.csv",
      "user import --office NOORD --invite < people.csv",
      "user import --office NOORD < people.jsonl",
    ],
  })
    .requiredOption(...OFFICE_OPTION)
    .option("--dry-run", "check every line, and add no user")
    .option("--invite", "mail each user with an address a link to choose a password")
    .option(
      "--mail-proved",
      "every email address is the user's own, as you know for sure: applications get it as verified",
    )
    .addOption(
      new Option("--encoding <name>", "how the letters are written; recognised by default").choices(
        CSV_ENCODINGS,
      ),
    )
    .action(answering(withServices(importUsers)));
  addVerb(noun, {
    usage: "export [username]",
    about:
      "print the users of an office as CSV; of one user everything that is stored, as JSON (GDPR articles 15 and 20)",
    examples: ["user export --office NOORD > people.csv", "user export sanne --office NOORD > sanne.json"],
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
  const run = await importer.check(office, input, OPERATOR, options.encoding ?? null);
  if (run.fault !== null) {
    throw new OperatorError(words("en").file(run.fault));
  }
  if (run.bad > 0) {
    return faultsAnswer(services, run);
  }
  if (options.dryRun === true) {
    const samples = await importer.lettered(run, SAMPLES);
    await importer.drop(run);
    return {
      json: { dryRun: true, rows: run.rows, bad: 0, faults: [], encoding: run.encoding, samples },
      text: `${countOfUsers(run.rows)} would be added to the office ${office.code}; the file has no errors.${lettersText(run, samples)}`,
    };
  }
  const { invite: invites = false, mailProved: areMailsProved = false } = options;
  return apply(services, { office, run, invites, areMailsProved });
}

/** Names by which a person sees wrong letters before the users are added. */
const SAMPLES = 6;

const lettersText = ({ encoding }: ImportRun, samples: readonly string[]): string =>
  samples.length === 0
    ? ""
    : `\n\nIt was read as ${encoding ?? ""}: ${samples.join(", ")}. If these letters are wrong, name another --encoding.`;

async function apply(
  services: Services,
  { office, run, ...chosen }: { office: Office; run: ImportRun; invites: boolean; areMailsProved: boolean },
): Promise<Answer> {
  const { invites } = chosen;
  const result = await services.imports.apply.apply(run.id, { office, by: OPERATOR, ...chosen });
  switch (result.type) {
    case "applied":
      return {
        json: { added: result.added, invites },
        text: `${countOfUsers(result.added)} added to the office ${office.code}.${invites ? " Their invitations go out from the server's queue." : ""}`,
      };
    case "changed":
      return faultsAnswer(services, run);
    case "busy":
    case "refused":
    case "role":
      throw new OperatorError(
        "Another import of this office was started in the meantime; no user was added.",
      );
  }
}

async function faultsAnswer({ imports }: Services, { id, officeId }: ImportRun): Promise<Answer> {
  const verdicts = await imports.importer.faults({ id, officeId }, { after: 0, limit: MAX_FAULTS });
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
    text: `No user was added: ${String(bad)} of ${String(run?.rows ?? 0)} lines have errors.\n\n${table(["LINE", "USERNAME", "ERROR"], lines, "")}${more}`,
    isBad: true,
  };
}

const countOfUsers = (count: number): string => `${String(count)} ${count === 1 ? "user" : "users"}`;

/** Prints while it reads, because an office may have more users than fit into memory. */
async function exportUsers(
  this: Command,
  services: Services,
  username: string | undefined,
  { office: code, json }: { office: string; json?: boolean },
): Promise<void> {
  if (username !== undefined) {
    await printPersonalData(services, { office: code, username }, terminalOf(this).output);
    return;
  }
  if (json === true) {
    throw new OperatorError('This prints CSV; "npx vestibule user list --json" prints JSON.');
  }
  const { output } = terminalOf(this);
  const office = await getOffice(services, code);
  for await (const piece of services.imports.userExport.write(office.id, ACTOR)) {
    await write(output, piece);
  }
}
