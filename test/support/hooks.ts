import { closeBrowser } from "./browser.ts";
import { closeCluster } from "./database.ts";
import { backToTheRealTime } from "./time.ts";

/** Runs around all suites. */
export const mochaHooks = {
  afterEach(): void {
    backToTheRealTime();
  },
  async afterAll(): Promise<void> {
    await closeBrowser();
    await closeCluster();
  },
};
