import { parentPort } from "node:worker_threads";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import type { Estimate } from "./strength-thread.ts";

/**
 * Runs in a thread of its own (`strength-thread.ts`): the estimator is synchronous, and its word lists take some 20 MB. The only
 * file that imports it.
 */
const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary },
  graphs: common.adjacencyGraphs,
  maxLength: 256,
});

parentPort?.on("message", ({ password, known }: Estimate) => {
  parentPort?.postMessage(estimator.check(password, [...known]).score);
});
