import { APP_USERS } from "./fixtures.ts";
import { interleave } from "./interleave.ts";
import type { Options } from "./options.ts";
import { newInstallation } from "./servers.ts";
import { hundredths, table, tenths, whole } from "./table.ts";
import { prepareTarget, signInUsers } from "./target.ts";

/** One server, and two on one database; round by round, with as many virtual users. Answers the table. */
export async function twoServers(options: Options): Promise<string> {
  await using alone = await newInstallation();
  await using shared = await newInstallation();
  await using one = await alone.start("one process");
  await using first = await shared.start("first of two processes");
  await using second = await shared.start("second of two processes");
  const single = await prepareTarget(one, alone.dataDir);
  const target = await prepareTarget(first, shared.dataDir);
  // Other people than on the first: a code of the app is good once, whichever process is asked.
  const others = await signInUsers(second, target.server, APP_USERS / 2);
  const half = target.users.length / 2;
  const pair = { ...target, users: [...target.users.slice(0, half), ...others.slice(half)] };
  const results = await interleave([single, pair], options);
  return table(
    ["flows in a second", "one process", "two", "ratio", "p95 ms one", "p95 ms two"],
    [...results].map(([flow, [before, after]]) => [
      flow,
      whole(before?.rate ?? NaN),
      whole(after?.rate ?? NaN),
      hundredths((after?.rate ?? NaN) / (before?.rate ?? NaN)),
      tenths(before?.p95 ?? NaN),
      tenths(after?.p95 ?? NaN),
    ]),
  );
}
