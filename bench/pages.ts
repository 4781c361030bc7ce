import { interleave } from "./interleave.ts";
import type { Options } from "./options.ts";
import type { OwnFlowName } from "./own-flows.ts";
import { newInstallation, withProcesses } from "./servers.ts";
import { hundredths, table, tenths } from "./table.ts";
import { prepareTarget } from "./target.ts";

const PAGES: readonly OwnFlowName[] = [
  "password-page",
  "account-general",
  "account-sessions",
  "account-applications",
  "account-sign-ins",
];

/** The pages of the account beside the password page, in turn. Answers the table. */
export async function accountPages(options: Options): Promise<string> {
  await using installation = await newInstallation(withProcesses(options.processes));
  await using server = await installation.start("Vestibule");
  const target = await prepareTarget(server, installation.dataDir);
  const results = await interleave([target], { ...options, flows: PAGES });
  const first = results.get("password-page")?.[0]?.p95 ?? NaN;
  return table(
    ["a page, 16 at a time", "p50 ms", "p95 ms", "p95 to that of the password page"],
    [...results].map(([page, [{ p50, p95 } = { p50: NaN, p95: NaN }]]) => [
      page,
      tenths(p50),
      tenths(p95),
      hundredths(p95 / first),
    ]),
  );
}
