import type { Fields } from "../../../platform/web/form.ts";
import { CSV_ENCODINGS } from "../../../kernel/csv/csv-encoding.ts";
import type { Upload } from "../../../platform/web/upload.ts";
import type { ImportRun } from "../../../domain/users/user-import-model.ts";
import type { ApplyResult } from "../../../domain/users/user-import-apply.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { CSV_BOM, csvLines } from "../../../kernel/csv/write-csv.ts";
import { IMPORT_COLUMNS } from "../../../domain/users/user-import-model.ts";
import { importModel } from "../import-model.ts";
import { officeHref, type OfficePage, type OfficeContext, type ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

const PATH = "/users/import";

/** Imports users from a file: a dry run checks every line first, then all users are added or none. */
export function usersImportPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "users-import",
    about: "office",
    path: PATH,
    action: "users.import",
    trail: ["settings", "users"],
    // A file cannot be kept.
    asksFirst: true,
    // Its lines may give roles.
    isGrave: (_, { decision }) => decision === "apply",
    keeps: ["invite"],
    show: async (context) => ({ view: "users-import", model: await importModel(deps, context) }),
    receive: (context, upload) => check(deps, context, upload),
    submit: (context, fields) => decide(deps, context, fields),
  };
}

const pageOf = ({ office }: OfficeContext): ConsoleOutcome => ({
  type: "go",
  to: officeHref(office.code, PATH),
});

/** The dry run. The next page shows its results, also after a reload. */
async function check(
  { imports }: ConsoleDeps,
  context: OfficeContext,
  { file, fields: { letters = "" } }: Upload,
): Promise<ConsoleOutcome> {
  const { office, actor, t } = context;
  if (file === null) {
    return fault("file", t("console.users-import.noFile"));
  }
  await imports.importer.check(office, file, actor, CSV_ENCODINGS.find((one) => one === letters) ?? null);
  return pageOf(context);
}

/** Acts on the run that the form has shown, never on a newer one. */
async function decide(
  deps: ConsoleDeps,
  context: OfficeContext,
  { decision = "", run: id = "", invite = "" }: Fields,
): Promise<ConsoleOutcome> {
  const { imports, tokens } = deps;
  const { office, actor, session } = context;
  if (decision === "sample") {
    return sampleFile(context);
  }
  const known = tokens.read(`import ${office.id} ${session.uid}`, id);
  const run = known === null ? null : await imports.importer.find(office.id, known);
  if (run === null) {
    return pageOf(context);
  }
  switch (decision) {
    case "result":
      return result(deps, context, run);
    case "drop":
      await imports.importer.drop(run);
      return pageOf(context);
    case "apply": {
      const options = { office, by: actor, invites: invite === "yes" };
      return applied(context, await imports.apply.apply(run.id, options));
    }
    default:
      return pageOf(context);
  }
}

/** A double click finds the run applied and changes nothing. */
function applied(context: OfficeContext, { type }: ApplyResult): ConsoleOutcome {
  switch (type) {
    case "applied":
    case "busy":
    case "refused":
      return pageOf(context);
    case "changed":
    case "role":
      return fault(null, context.t(`console.users-import.${type}`));
  }
}

/** A file with every line and its result. */
function result(
  { imports }: ConsoleDeps,
  { office, language }: OfficeContext,
  run: ImportRun,
): ConsoleOutcome {
  const words = imports.words(language);
  return {
    type: "file",
    file: {
      name: `import-${office.code.toLowerCase()}.csv`,
      type: "text/csv; charset=utf-8",
      write: async (sink) => {
        const pieces = imports.importer.result(run, { heading: words.heading, describe: words.row });
        for await (const piece of pieces) {
          await sink(piece);
        }
      },
    },
  };
}

/** The right columns with two lines that pass the check, to be filled in and sent back. */
const sampleFile = ({ language }: OfficeContext): ConsoleOutcome => ({
  type: "file",
  file: {
    name: "users.csv",
    type: "text/csv; charset=utf-8",
    write: async (sink) => {
      const anna = ["anna", "Anna Jansen", "anna@example.com", "", language, "user"];
      const ben = ["ben", "Ben Smit", "ben@example.com", "", "", "accountant"];
      await sink(`${CSV_BOM}${csvLines([IMPORT_COLUMNS, anna, ben])}`);
    },
  },
});
