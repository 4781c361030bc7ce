import { fill, SESSIONS, USERS } from "./fill.ts";
import { TOKENS } from "./fill-tokens.ts";
import type { Results } from "./figures.ts";
import { interleave } from "./interleave.ts";
import type { Options } from "./options.ts";
import { newInstallation, withProcesses } from "./servers.ts";
import { table, tenths, whole } from "./table.ts";
import { prepareTarget } from "./target.ts";
import { verify } from "./verify.ts";

/** Vestibule with an empty database beside Vestibule with a full one, round by round. Answers the table. */
export async function flat(options: Options): Promise<string> {
  await using small = await newInstallation(withProcesses(options.processes));
  await using large = await newInstallation(withProcesses(options.processes));
  await using empty = await small.start("empty");
  await using full = await large.start("full");
  const tokens = Math.round(TOKENS * options.scale);
  console.error(
    `Filling in ${String(SESSIONS)} sessions, ${String(USERS)} users and ${String(tokens)} tokens`,
  );
  await fill(large.dataDir, tokens);
  const targets = [await prepareTarget(empty, small.dataDir), await prepareTarget(full, large.dataDir)];
  for (const target of targets) {
    await verify(target);
  }
  return changeTable(await interleave(targets, options));
}

function changeTable(results: Results): string {
  const rows = [...results].map(([flow, [empty, full]]) => {
    const [before, after] = [empty?.rate ?? NaN, full?.rate ?? NaN];
    return [
      flow,
      whole(before),
      whole(after),
      `${tenths((after / before - 1) * 100)} %`,
      tenths(full?.p95 ?? NaN),
    ];
  });
  return table(["flows in a second", "empty", "full", "change", "p95 ms full"], rows);
}
