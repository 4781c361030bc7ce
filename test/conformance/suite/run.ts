import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Browser, BrowserContext } from "playwright-core";
import { CONFORMANCE_PLANS, type ConformancePlan } from "../../../src/cli/conformance-plans.ts";
import { launchBrowser } from "../../support/browser.ts";
import type { Entries } from "../../support/pages.ts";
import { SuiteApi, type LogEntry, type SuiteInfo } from "./suite-api.ts";
import { SUITE_PLANS } from "./suite-plans.ts";
import { keepSuiteResults, type SuiteModuleResult } from "./suite-results.ts";
import { visit, type Manner } from "./suite-user.ts";

/**
 * Runs a plan of the OpenID Foundation's suite, which runs elsewhere, against a Vestibule that it reaches, and keeps
 * what the suite said for docs/conformance.md. `npm run conformance -- basic.json --plan basic --suite https://…`
 */
interface Options {
  readonly plan: ConformancePlan;
  readonly suite: string;
  readonly office: string;
  readonly username: string;
  readonly only?: string;
}

/** How long a module may take; the longest waits a minute for a code to end. */
const MODULE_SECONDS = 300;
const POLL_MILLISECONDS = 300;

interface Run {
  readonly api: SuiteApi;
  readonly suite: string;
  readonly user: Entries;
  readonly browser: Browser;
}

async function runPlan(file: string, options: Options): Promise<void> {
  const { plan: chosen, suite, office, username, only } = options;
  const api = new SuiteApi(suite, process.env["CONFORMANCE_TOKEN"]);
  const password = process.env["CONFORMANCE_PASSWORD"] ?? "";
  const user = { officeCode: office, username, password };
  const run = { api, suite, user, browser: await launchBrowser(["--ignore-certificate-errors"]) };
  try {
    const { name, variant } = SUITE_PLANS[chosen];
    const plan = await api.makePlan(name, variant, JSON.parse(readFileSync(file, "utf8")));
    const modules: Record<string, SuiteModuleResult> = {};
    for (const each of plan.modules.filter(({ testModule }) => only === undefined || testModule === only)) {
      const result = await runModule(run, each.testModule, await api.start(plan, each));
      modules[each.testModule] = result;
      print(each.testModule, result);
    }
    if (only === undefined) {
      const date = new Date().toISOString().slice(0, 10);
      keepSuiteResults(chosen, { version: await api.version(), date, modules });
    }
  } finally {
    await run.browser.close();
  }
}

function print(module: string, { result, remarks }: SuiteModuleResult): void {
  console.log([`${result.padEnd(10)} ${module}`, ...remarks].join("\n           "));
}

async function runModule(run: Run, module: string, id: string): Promise<SuiteModuleResult> {
  const context = await run.browser.newContext({ ignoreHTTPSErrors: true });
  const at: Step = { id, module, context, picture: null, idle: 0 };
  const end = Date.now() + MODULE_SECONDS * 1000;
  try {
    let info = await run.api.info(id);
    while (!hasEnded(info) && Date.now() < end) {
      await step(run, info.status, at);
      await wait(POLL_MILLISECONDS);
      info = await run.api.info(id);
    }
    return { result: resultOf(info), remarks: remarksOf(await run.api.log(id)) };
  } finally {
    await context.close();
  }
}

interface Step {
  readonly id: string;
  readonly module: string;
  readonly context: BrowserContext;
  /** The last page that the user saw. */
  picture: Buffer | null;
  /** Looks in a row at which the module waited and named no address. */
  idle: number;
}

/** Does what the module waits for: a start, its user in front of an address, or a picture of what the user saw. */
async function step(run: Run, status: string, at: Step): Promise<void> {
  if (status === "CONFIGURED") {
    await run.api.goOn(at.id);
  }
  if (status !== "WAITING") {
    return;
  }
  const [address] = await run.api.addresses(at.id);
  if (address !== undefined) {
    await run.api.visited(at.id, address);
    at.picture = await visit(at.context, address, { ...run, manner: mannerOf(at) });
    at.idle = 0;
    return;
  }
  at.idle += 1;
  if (at.idle > LOOKS_BEFORE_PICTURE && at.picture !== null) {
    await showPictures(run, at.id, at.picture);
  }
}

/** Some modules tell their user what to do; all others want the pages answered. */
function mannerOf({ module, picture }: Step): Manner {
  if (module.endsWith("user-rejects-authentication")) {
    return "cancels";
  }
  const signsInAtSecond = module.endsWith("prior-to-auth-completion-succeeds");
  return signsInAtSecond && picture === null ? "looks" : "answers";
}

/** A module that may end either way wants a picture only when no response reached the application. */
const LOOKS_BEFORE_PICTURE = 6;

async function showPictures(run: Run, id: string, picture: Buffer): Promise<void> {
  for (const { upload } of await run.api.log(id)) {
    if (upload !== undefined) {
      await run.api.showPicture(id, upload, picture);
    }
  }
}

const RESULTS = ["PASSED", "WARNING", "REVIEW", "SKIPPED", "FAILED"] as const;

const hasEnded = ({ status }: SuiteInfo): boolean => status === "FINISHED" || status === "INTERRUPTED";

function resultOf({ status, result }: SuiteInfo): SuiteModuleResult["result"] {
  if (status === "INTERRUPTED") {
    return "FAILED";
  }
  return RESULTS.find((each) => each === result && status === "FINISHED") ?? "UNFINISHED";
}

function remarksOf(log: readonly LogEntry[]): string[] {
  const remarks = log
    .filter(({ result }) => result === "WARNING" || result === "FAILURE")
    .map(({ src, msg }) => `${src}: ${msg}`);
  return [...new Set(remarks)];
}

await new Command("conformance")
  .argument("<file>", "the configuration that app import printed")
  .addOption(new Option("--plan <plan>").choices(CONFORMANCE_PLANS).makeOptionMandatory())
  .requiredOption(
    "--suite <url>",
    "where the suite runs; CONFORMANCE_TOKEN: an API token of the public service",
  )
  .requiredOption("--office <code>", "the office of the user who signs in")
  .requiredOption(
    "--username <name>",
    "the user, without a second factor; CONFORMANCE_PASSWORD: the password",
  )
  .option("--only <module>", "one module, whose result is not kept")
  .action(runPlan)
  .parseAsync();
