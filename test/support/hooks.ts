import { keepCompiled } from "./compile-cache.ts";
import { closeBrowser } from "./browser.ts";
import { closeCluster } from "./database.ts";
import { backToTheRealTime } from "./time.ts";
import { lengthen, PATIENCE } from "./time-limits.ts";

if (PATIENCE > 1) {
  lengthen(PATIENCE);
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
