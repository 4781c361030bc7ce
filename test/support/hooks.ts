import { keepCompiled } from "./compile-cache.ts";
import { closeBrowser } from "./browser.ts";
import { closeCluster } from "./database.ts";
import { backToTheRealTime } from "./time.ts";
import { lengthen } from "./time-limits.ts";

/** In a run of all files, several share a processor. */
const TIMES_IN_A_WHOLE_RUN = 3;
if (process.env["MOCHA_WORKER_ID"] !== undefined) {
  lengthen(TIMES_IN_A_WHOLE_RUN);
}

/** Runs around all suites of a file. */
export const mochaHooks = {
  afterEach(): void {
    backToTheRealTime();
  },
  async afterAll(): Promise<void> {
    // One of several processes keeps its browser for the files that follow, and ends it when it ends itself.
    if (process.env["MOCHA_WORKER_ID"] === undefined) {
      await closeBrowser();
    }
    await closeCluster();
    keepCompiled();
  },
};
