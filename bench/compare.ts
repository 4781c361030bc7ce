import { setTimeout as wait } from "node:timers/promises";
import { countFlows } from "./count-flows.ts";
import type { Figures, Results } from "./figures.ts";
import type { AnyFlowName } from "./load.ts";
import { interleave } from "./interleave.ts";
import { usageSchema, type Counted } from "./messages.ts";
import type { Options } from "./options.ts";
import type { ServerProcess } from "./server-process.ts";
import { hundredths, megabytes, seconds, table, tenths, whole } from "./table.ts";
import { prepareTarget } from "./target.ts";
import { verify } from "./verify.ts";
import { newInstallation, startRival, withProcesses } from "./servers.ts";

/** The least that Vestibule has to reach of its rival's rate. */
const GOALS: Readonly<Partial<Record<AnyFlowName, number>>> = {
  discovery: 0.95,
  jwks: 0.95,
  "sign-in": 0.85,
  "sign-in-totp": 0.8,
  "sign-in-passkey": 0.5,
  refresh: 0.5,
  "refresh-rotated": 0.5,
  silent: 0.5,
  "client-credentials": 0.5,
  "client-credentials-jwt": 0.95,
  introspection: 0.4,
  userinfo: 0.4,
};

/** Vestibule with PostgreSQL beside oidc-provider alone in memory. Answers the tables. */
export async function compare(options: Options): Promise<string> {
  await using installation = await newInstallation(withProcesses(options.processes));
  const first = await installation.start("Vestibule");
  await first.stop();
  await using ours = await installation.start("Vestibule");
  const idle = await settledMemory(ours);
  const target = await prepareTarget(ours, installation.dataDir);
  await using theirs = await startRival(target.server.algorithm);
  const idleRival = await settledMemory(theirs);
  const rival = await prepareTarget(theirs, null);
  await verify(target);
  await verify(rival);
  const counts = await countFlows(target, options.flows);
  const results = await interleave([target, rival], options);
  const memory = [
    ["Vestibule", megabytes(idle), megabytes(await memoryOf(ours))],
    ["in memory", megabytes(idleRival), megabytes(await memoryOf(theirs))],
  ];
  return [
    rateTable(results),
    costTable(results, counts),
    stepTable(results, counts),
    table(["resident memory", "idle", "after the load"], memory),
    `Start to first answer: ${seconds(first.startedIn)} the first time, ${seconds(ours.startedIn)} with the database made.`,
    ...(options.processes === 1 ? [] : [`Vestibule has ${String(options.processes)} processes on one port.`]),
    `ID tokens: ${target.server.algorithm} on both sides.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** A process that has just started still has garbage of its start. */
async function settledMemory(process: ServerProcess): Promise<number> {
  await wait(2_000);
  return memoryOf(process);
}

const memoryOf = async (process: ServerProcess): Promise<number> =>
  (await process.ask("usage", usageSchema)).rss;

function rateTable(results: Results): string {
  const head = [
    "flows in a second",
    "Vestibule",
    "in memory",
    "ratio",
    "goal",
    "p50 ms",
    "p95 ms",
    "in memory p50",
    "p95",
  ];
  return table(
    head,
    [...results].map(([flow, [ours, theirs]]) => {
      const [own, other] = [required(ours), required(theirs)];
      return [
        flow,
        whole(own.rate),
        whole(other.rate),
        hundredths(own.rate / other.rate),
        GOALS[flow] === undefined ? "" : hundredths(GOALS[flow]),
        ...[own.p50, own.p95, other.p50, other.p95].map(tenths),
      ];
    }),
  );
}

function costTable(results: Results, counts: ReadonlyMap<AnyFlowName, Counted>): string {
  const head = ["one flow costs", "statements", "commits", "Node ms", "PostgreSQL ms", "in memory Node ms"];
  return table(
    head,
    [...results].map(([flow, [ours, theirs]]) => {
      const [own, other] = [required(ours).processor, required(theirs).processor];
      const postgres = own.postgres === null ? "?" : hundredths(own.postgres);
      const { statements = NaN, commits = NaN } = counts.get(flow) ?? {};
      return [
        flow,
        tenths(statements),
        tenths(commits),
        hundredths(own.server),
        postgres,
        hundredths(other.server),
      ];
    }),
  );
}

/** What the page with the code and its form add to a sign-in: the difference of the two flows. */
function stepTable(results: Results, counts: ReadonlyMap<AnyFlowName, Counted>): string {
  const [long, short] = [results.get("sign-in-totp")?.[0], results.get("sign-in")?.[0]];
  const [more, fewer] = [counts.get("sign-in-totp"), counts.get("sign-in")];
  if (long === undefined || short === undefined || more === undefined || fewer === undefined) {
    return "";
  }
  const postgres = (long.processor.postgres ?? NaN) - (short.processor.postgres ?? NaN);
  return table(
    ["the code's step alone", "statements", "commits", "Node ms", "PostgreSQL ms"],
    [
      [
        "challenge",
        tenths(more.statements - fewer.statements),
        tenths(more.commits - fewer.commits),
        hundredths(long.processor.server - short.processor.server),
        hundredths(postgres),
      ],
    ],
  );
}

function required(figures: Figures | undefined): Figures {
  if (figures === undefined) {
    throw new Error("A server without figures.");
  }
  return figures;
}
