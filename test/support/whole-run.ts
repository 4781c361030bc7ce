import { closeCluster, shareCluster, statementsOfRun } from "./database.ts";
import { withoutHome } from "./homeless-statements.ts";

/** Before and after a run of all files in several processes: they share one database server. */
export const mochaGlobalSetup = shareCluster;

/** Throws, and so fails the run, when the application has sent a statement that names no home, from whichever file. */
export async function mochaGlobalTeardown(): Promise<void> {
  const homeless = withoutHome(await statementsOfRun());
  await closeCluster();
  if (homeless.length > 0) {
    throw new Error(`These statements name no home:\n${homeless.join("\n")}`);
  }
}
