import { z } from "zod";
import type { ActingApplication } from "../../domain/access/actor.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { ImportRun } from "../../domain/users/user-import-model.ts";
import { CSV_ENCODINGS } from "../../kernel/csv/csv-encoding.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ApiServices } from "../api-services.ts";
import { flag, pageQuery } from "../listing.ts";
import { operation, type Call, type Operation, type Result } from "../operation.ts";
import { IMPORT, OFFICE, type ImportSubject } from "../places.ts";
import { Problem, type FieldProblem } from "../problem.ts";
import { faultsPage, importBody, importSchema } from "./import-body.ts";

const FILE_TYPES = ["text/csv", "application/jsonl", "application/x-ndjson"] as const;

/** The most wrong lines that a problem names; `imports.faults` has all. */
const MOST = 50;

const fileQuery = z.strictObject({
  invite: flag.meta({ description: "mail each user with an address a link to choose a password" }),
  encoding: z
    .enum(CSV_ENCODINGS)
    .optional()
    .meta({ description: "how letters are read; recognised by default" }),
});
const faultsQuery = z.strictObject(pageQuery);

/** Files of users: all of their users are added, or none. */
export const importOperations: readonly Operation[] = [
  operation({
    ...{ name: "imports.add", method: "POST", place: OFFICE, path: "/imports", action: "users.import" },
    about:
      "Adds the users of a file, all of them or none. With `Prefer: dry-run`, every line is checked, and what was checked can be applied for a day.",
    query: fileQuery,
    takesFile: FILE_TYPES,
    output: importSchema,
    ...{ makes: true, canDryRun: true },
    work: add,
  }),
  operation({
    ...{ name: "imports.list", method: "GET", place: OFFICE, path: "/imports", action: "users.import" },
    about: "Has the last import of an office, no matter who began it; an office has one at a time.",
    output: z.strictObject({ items: z.array(importSchema) }),
    work: async ({ imports }, { subject }) => {
      const latest = await imports.importer.findLatest(subject.id);
      return { body: { items: latest === null ? [] : [importBody(latest)] } };
    },
  }),
  operation({
    ...{ name: "imports.get", method: "GET", place: IMPORT, action: "users.import" },
    about: "Reads an import, also while it runs.",
    output: importSchema,
    work: (_services, { subject: { run } }) => Promise.resolve({ body: importBody(run) }),
  }),
  operation({
    ...{ name: "imports.faults", method: "GET", place: IMPORT, path: "/faults", action: "users.import" },
    about: "Lists the lines that are wrong, for a day.",
    query: faultsQuery,
    output: faultsPage,
    work: faults,
  }),
  operation({
    ...{ name: "imports.apply", method: "POST", place: IMPORT, path: "/apply", action: "users.import" },
    about: "Adds the users of a file that was checked, all of them or none.",
    body: z.strictObject({ invite: z.boolean().default(false) }),
    output: importSchema,
    work: (services, { by, subject, body: { invite } }) => apply(services, subject, { by, invites: invite }),
  }),
  operation({
    ...{ name: "imports.drop", method: "DELETE", place: IMPORT, action: "users.import" },
    about: "Drops a file that was checked, or is being read.",
    work: async ({ imports }, { subject: { run } }) => {
      if (!(await imports.importer.drop(run))) {
        throw new Problem("not-possible-now", { detail: "it is applied, refused or dropped" });
      }
      return { body: null };
    },
  }),
];

type Run = Result<z.input<typeof importSchema>>;

async function add(
  services: ApiServices,
  { by, subject: office, query, file, isDryRun }: Call<Office, z.output<typeof fileQuery>, unknown>,
): Promise<Run> {
  const { importer } = services.imports;
  const run = await importer.check(office, file, by, query.encoding ?? null).catch((error: unknown) => {
    throw error instanceof PageError && error.kind === "forbidden" ? new Problem("not-permitted") : error;
  });
  const location = locationOf(office, run);
  if (run.state === "dropped") {
    throw new Problem("not-possible-now", { detail: "another file has replaced this one" });
  }
  if (isDryRun) {
    return { body: importBody(run), location };
  }
  if (run.fault !== null || run.bad > 0) {
    throw await faultyFile(services, office, run);
  }
  return { ...(await apply(services, { office, run }, { by, invites: query.invite })), location };
}

async function apply(
  services: ApiServices,
  { office, run }: ImportSubject,
  options: { readonly by: ActingApplication; readonly invites: boolean },
): Promise<Run> {
  const { type } = await services.imports.apply.apply(run.id, { office, ...options });
  switch (type) {
    case "applied":
      return { body: importBody(await stored(services, run)) };
    case "changed":
      throw await faultyFile(services, office, run);
    case "busy":
      throw new Problem("not-possible-now", { detail: "it is being applied" });
    case "refused":
      throw new Problem("not-possible-now", { detail: "it is not checked, has wrong lines, or is applied" });
    case "role":
      throw new Problem("not-permitted", { detail: "a line gives a role, or proves a user" });
  }
}

async function stored({ imports }: ApiServices, { officeId, id }: ImportRun): Promise<ImportRun> {
  const found = await imports.importer.find(officeId, id);
  if (found === null) {
    throw new Error("The import that was just applied is not there.");
  }
  return found;
}

const locationOf = ({ id: officeId }: Office, { id }: ImportRun): string =>
  `/offices/${officeId}/imports/${id}`;

/** The problem that names the first wrong lines. */
async function faultyFile({ imports }: ApiServices, office: Office, run: ImportRun): Promise<Problem> {
  const words = imports.words("en");
  const verdicts = await imports.importer.faults(run, { after: 0, limit: MOST });
  const lines = verdicts.map(({ line, faults: found }): FieldProblem => ({
    field: `line ${String(line)}`,
    detail: found.map((each) => words.row(each)).join(" "),
  }));
  const whole = run.fault === null ? [] : [{ field: null, detail: words.file(run.fault) }];
  return new Problem("invalid-file", { detail: locationOf(office, run), errors: [...whole, ...lines] });
}

async function faults(
  { imports, cursors }: ApiServices,
  {
    subject: { office, run },
    query: { size, after },
  }: Call<ImportSubject, z.output<typeof faultsQuery>, unknown>,
): Promise<Result<z.input<typeof faultsPage>>> {
  const scope = { officeId: office.id, query: JSON.stringify(["import", run.id]) };
  const cursor = after === null ? ["0"] : cursors.open(after, scope);
  if (cursor === null) {
    throw new PageError("request");
  }
  const found = await imports.importer.faults(run, { after: Number(cursor[0]), limit: size + 1 });
  const items = found.slice(0, size).map(({ line, username, faults: each }) => ({
    ...{ line, username },
    faults: each.map(({ code, about }) => ({ code, about })),
  }));
  const last = found.length > size ? items.at(-1) : undefined;
  return { body: { items, next: last === undefined ? null : cursors.seal([String(last.line)], scope) } };
}
