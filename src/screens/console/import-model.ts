import {
  COLUMN_ALIASES,
  IMPORT_COLUMNS,
  IMPORT_LIMITS,
  SECRET_COLUMNS,
  type ImportRun,
} from "../../domain/users/user-import-model.ts";
import { denialOf } from "../../domain/access/access.ts";
import { aboutOffice } from "../../domain/access/actor.ts";
import { CSV_ENCODINGS } from "../../kernel/csv/csv-encoding.ts";
import { officeHref, type OfficeContext } from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";

/** Faulty lines on one page of the list. */
const PAGE_SIZE = 50;
/** Names that show how the letters of the file were read. */
const SAMPLES = 6;
const BYTES_IN_MEGABYTE = 1_000_000;

type Stage = "choose" | "reading" | "refused" | "faulty" | "ready" | "adding" | "applied";

/**
 * The state of the office's latest import. It is read from the database each time, so that reloads and other tabs show
 * it too.
 */
export async function importModel(deps: ConsoleDeps, context: OfficeContext) {
  const { imports, tokens } = deps;
  const { office, language, session, actor } = context;
  const run = await imports.importer.findLatest(office.id);
  const stage = stageOf(run);
  const words = imports.words(language);
  return {
    stage,
    isMoving: stage === "reading" || stage === "adding" || isInviting(run),
    run: run === null ? null : countsOf(run),
    runToken: run === null ? "" : tokens.sign(`import ${office.id} ${session.uid}`, run.id),
    refusal: run?.fault ? words.file(run.fault) : null,
    ...(run !== null && (stage === "ready" || stage === "faulty")
      ? await lettersOf(deps, context, run)
      : NO_LETTERS),
    letterChoices: ["", ...CSV_ENCODINGS.filter((one) => one !== "utf-16be")].map((value) => ({
      value,
      label: context.t(`console.users-import.letters.${value === "" ? "auto" : value}`),
    })),
    values: { letters: "" },
    brought: run !== null && stage === "ready" ? await broughtOf(deps, run) : null,
    ...(run !== null && stage === "faulty" ? await faultsOf(deps, context, run) : NO_FAULTS),
    columns: IMPORT_COLUMNS,
    secretColumns:
      denialOf(actor, "users.import-secrets", aboutOffice(office)) === null ? SECRET_COLUMNS : [],
    otherNames: new Intl.ListFormat(language).format([
      ...[COLUMN_ALIASES.username[0], COLUMN_ALIASES.username[1], COLUMN_ALIASES.username[2]],
    ]),
    mostBytes: IMPORT_LIMITS.bytes,
    megabytes: IMPORT_LIMITS.bytes / BYTES_IN_MEGABYTE,
    usersHref: officeHref(office.code, "/users"),
  };
}

const NO_LETTERS = { readAs: null, samples: [] };

/** How the file's letters were read, with names that have some beyond ASCII. */
async function lettersOf({ imports }: ConsoleDeps, { t }: OfficeContext, run: ImportRun) {
  return {
    readAs: run.encoding === null ? null : t(`console.users-import.letters.${run.encoding}`),
    samples: await imports.importer.lettered(run, SAMPLES),
  };
}

/** What proves the users in another system; null where no line has any of it. */
async function broughtOf({ imports }: ConsoleDeps, run: ImportRun) {
  const brought = await imports.importer.brought(run);
  return Object.values(brought).some((count) => count > 0) ? brought : null;
}

const NO_FAULTS = { faults: [], nextHref: null, firstHref: null };

function stageOf(run: ImportRun | null): Stage {
  switch (run?.state) {
    case undefined:
    case "dropped":
      return "choose";
    case "checked":
      return run.bad > 0 ? "faulty" : run.added > 0 ? "adding" : "ready";
    case "reading":
    case "refused":
    case "applied":
      return run.state;
  }
}

/**
 * True until the first invitation went out. Users without a mail address get none, so the total is not known in
 * advance.
 */
const isInviting = (run: ImportRun | null): boolean =>
  run?.state === "applied" && run.invites && run.invited === 0;

const countsOf = ({ rows, bad, added, invites, invited }: ImportRun) => ({
  rows,
  bad,
  added,
  invites,
  invited,
});

async function faultsOf(
  { imports, tokens }: ConsoleDeps,
  { office, query, language }: OfficeContext,
  run: ImportRun,
) {
  const use = `import lines ${run.id}`;
  const after = Number(tokens.position(use, query["after"], "0"));
  const found = await imports.importer.faults(run, { after, limit: PAGE_SIZE + 1 });
  const shown = found.slice(0, PAGE_SIZE);
  const last = found.length > PAGE_SIZE ? shown.at(-1) : undefined;
  const { row } = imports.words(language);
  const path = officeHref(office.code, "/users/import");
  return {
    faults: shown.map(({ line, username, faults }) => ({
      line,
      username: username === "" ? "–" : username,
      verdict: faults.map(row).join(" "),
    })),
    nextHref: last === undefined ? null : `${path}?after=${tokens.sign(use, String(last.line))}`,
    firstHref: query["after"] === undefined ? null : path,
  };
}
