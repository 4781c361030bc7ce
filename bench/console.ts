import { setTimeout as wait } from "node:timers/promises";
import { CONSOLE_FLOWS, OFFICE_PAGE_NAMES, type ConsoleFlowName } from "./console-flows.ts";
import { crowdAt, fillInstallation } from "./console-fill.ts";
import { quantile } from "./figures.ts";
import { interleave } from "./interleave.ts";
import { runRound, type Round } from "./load.ts";
import type { Options } from "./options.ts";
import { newInstallation } from "./servers.ts";
import { hundredths, percent, table, tenths, whole } from "./table.ts";
import { prepareTarget, type Target } from "./target.ts";

const FEW_OFFICES = 10;
/** What one of the staff does between two pages, in milliseconds: nobody reads faster. */
const THINKING = { least: 500, most: 1_500 };

/**
 * The overview and every list of the console: beside a platform of ten offices as large, in a large office,
 * and while people sign in.
 */
export async function consolePages(options: Options): Promise<string> {
  const crowd = crowdAt(options.scale);
  const share = FEW_OFFICES / crowd.offices;
  const few = { ...crowd, offices: FEW_OFFICES, users: crowd.users * share, events: crowd.events * share };
  await using fewInstallation = await newInstallation();
  await using installation = await newInstallation();
  await using fewServer = await fewInstallation.start(`${String(FEW_OFFICES)} offices`);
  await using server = await installation.start(`${String(crowd.offices)} offices`);
  await fillInstallation(fewInstallation, few);
  await fillInstallation(installation, crowd);
  const fewTarget = await prepareTarget(fewServer, fewInstallation.dataDir);
  const target = await prepareTarget(server, installation.dataDir);
  const growth = await growthOf([fewTarget, target], options);
  const big = await bigOffice(target, options);
  const busy = await whileSigningIn(target, options);
  const said = `${whole(crowd.offices)} offices with ${whole(crowd.users)} users, a large one with ${whole(crowd.large)}, and ${whole(crowd.events)} audit events.`;
  return [said, growth, big, busy].join("\n\n");
}

/** An office of usual size among few others and among all of them, in turn. */
async function growthOf(targets: readonly [Target, Target], options: Options): Promise<string> {
  const flows: ConsoleFlowName[] = [
    ...OFFICE_PAGE_NAMES.map((name) => `${name} (usual)` as const),
    "offices",
  ];
  const results = await interleave(targets, { ...options, flows });
  return table(
    [
      "a page, 16 at a time",
      ...targets.flatMap(({ process }) => [`${process.name}: p50 ms`, "p95 ms"]),
      "ratio of p50",
    ],
    [...results].map(([page, [few, all]]) => [
      page,
      ...[few, all].flatMap((figures) => [tenths(figures?.p50 ?? NaN), tenths(figures?.p95 ?? NaN)]),
      hundredths((all?.p50 ?? NaN) / (few?.p50 ?? NaN)),
    ]),
  );
}

async function bigOffice(target: Target, options: Options): Promise<string> {
  const flows = OFFICE_PAGE_NAMES.map((name): ConsoleFlowName => `${name} (big)`);
  const results = await interleave([target], { ...options, flows });
  return table(
    ["a page, 16 at a time", "p50 ms", "p95 ms"],
    [...results].map(([page, [figures]]) => [page, tenths(figures?.p50 ?? NaN), tenths(figures?.p95 ?? NaN)]),
  );
}

/** Sign-ins of 16 people at a time, by themselves and beside 16 of the staff who read, in turn. */
async function whileSigningIn(target: Target, { rounds, seconds }: Options): Promise<string> {
  const alone: Round[] = [];
  const beside: Round[] = [];
  const pages: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await runRound(target, "sign-in", 2 * seconds));
    const reading = readPages(target, 2 * seconds);
    beside.push(await runRound(target, "sign-in", 2 * seconds));
    pages.push(...(await reading));
  }
  const [before, after] = [rateOf(alone), rateOf(beside)];
  return table(
    ["", "sign-ins in a second", "pages in a second", "pages: p50 ms", "p95 ms"],
    [
      ["sign-ins alone", tenths(before), "", "", ""],
      [
        `beside staff who read (${percent(after / before - 1)})`,
        tenths(after),
        tenths(pages.length / (2 * seconds * rounds)),
        tenths(quantile(pages, 0.5)),
        tenths(quantile(pages, 0.95)),
      ],
    ],
  );
}

const rateOf = (rounds: readonly Round[]): number =>
  rounds.reduce((sum, { rate }) => sum + rate, 0) / rounds.length;

/** All of the staff open one page after the other, and think in between; answers the milliseconds of each. */
async function readPages({ users }: Target, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1000;
  const flows = Object.values(CONSOLE_FLOWS);
  const shares = await Promise.all(
    users.map(async (user, first) => {
      const times: number[] = [];
      for (let turn = first; performance.now() < until; turn += 1) {
        await wait(THINKING.least + Math.random() * (THINKING.most - THINKING.least));
        const began = performance.now();
        await flows[turn % flows.length]?.(user);
        times.push(performance.now() - began);
      }
      return times;
    }),
  );
  return shares.flat();
}
