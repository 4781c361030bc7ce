import type { ImportRun } from "../../src/domain/users/user-import-model.ts";
import type { ApplyResult } from "../../src/domain/users/user-import-apply.ts";
import type { Actor } from "../../src/domain/access/actor.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { OPERATOR, storedOffice } from "./actors.ts";
import { csvFile } from "./csv-file.ts";
import type { TestOffice } from "./people.ts";

/** JSON Lines, as `user convert` writes them. */
export const jsonLines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The dry run of a file. */
export const checkFile = async (
  services: Services,
  office: TestOffice,
  { file, by = OPERATOR }: { file: string; by?: Actor },
): Promise<ImportRun> =>
  services.imports.importer.check(await storedOffice(services, office), csvFile(file), by);

/** The dry run and, when it found no error, the import itself. */
export async function importFile(
  services: Services,
  office: TestOffice,
  { file, by = OPERATOR, invites = false }: { file: string; by?: Actor; invites?: boolean },
): Promise<ApplyResult> {
  const run = await checkFile(services, office, { file, by });
  return services.imports.apply.apply(run.id, { office, by, invites });
}

/** Each bad line with its faults. */
export async function verdictsOf({ imports }: Services, run: ImportRun): Promise<(string | number)[][]> {
  const found = await imports.importer.faults(run, { after: 0, limit: 1_000 });
  return found.map(({ line, faults }) => [line, ...faults.map(({ code }) => code)]);
}
