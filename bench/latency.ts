import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { quantile } from "./figures.ts";
import { drawLatencies, type Measured } from "./latency-picture.ts";
import { ALL_FLOWS, runRound, type AnyFlowName } from "./load.ts";
import type { Options } from "./options.ts";
import { newInstallation } from "./servers.ts";
import { table, tenths, whole } from "./table.ts";
import { hangUp, prepareTarget, type Target } from "./target.ts";
import type { VirtualUser } from "./flows.ts";

/** Where the picture is written with `--write`, beside the document. */
const PICTURE = new URL("../docs/pictures/latency.svg", import.meta.url);

/** Which flow comes to which pages and endpoints, so that all of them are measured. */
const FLOWS: readonly AnyFlowName[] = [
  "sign-in-totp",
  "silent",
  "refresh-rotated",
  "client-credentials",
  "introspection",
  "userinfo",
  "discovery",
  "jwks",
  "account-general",
  "account-sessions",
  "account-applications",
  "account-sign-ins",
];

/**
 * The time that a page or endpoint takes at half of the rate that the server can carry. Flows arrive evenly, whether those before
 * have ended or not: a server that stops for a moment lets the next ones wait, and their time shows it. Answers the table.
 */
export async function halfRate(options: Options): Promise<string> {
  await using installation = await newInstallation();
  await using server = await installation.start("Vestibule");
  const target = await prepareTarget(server, installation.dataDir);
  const measured: Measured[] = [];
  for (const flow of FLOWS) {
    console.error(`At half of its rate: ${flow}`);
    await runRound(target, flow, 1);
    const { rate } = await runRound(target, flow, options.seconds);
    measured.push(await arrive(target, { flow, rate: rate / 2, seconds: options.seconds * options.rounds }));
  }
  if (options.write) {
    await writeFile(PICTURE, drawLatencies(measured));
  }
  const late = measured.reduce((sum, one) => sum + one.late, 0);
  const rows = table(
    ["at half of the highest rate", "page or endpoint", "in a second", "p50 ms", "p95 ms", "p99 ms"],
    measured.flatMap(({ flow, rate, requests }) =>
      [...requests].map(([name, times]) => [
        flow,
        name,
        whole(rate),
        ...[0.5, 0.95, 0.99].map((part) => tenths(quantile(times, part))),
      ]),
    ),
  );
  return `${rows}\n\nFlows that began late, since all ${String(target.users.length)} virtual users were busy: ${String(late)}.`;
}

interface Arrivals {
  readonly flow: AnyFlowName;
  readonly rate: number;
  readonly seconds: number;
}

/** Starts a flow at each even moment, with a virtual user who is free. */
async function arrive({ users }: Target, { flow, rate, seconds }: Arrivals): Promise<Measured> {
  const requests = new Map<string, number[]>();
  const free = users.map((user) => timed(user, requests));
  const running = new Set<Promise<void>>();
  const began = performance.now();
  let late = 0;
  for (let count = 0; count < rate * seconds; count += 1) {
    const due = began + (count * 1000) / rate;
    while (performance.now() < due) {
      await wait(Math.max(0, due - performance.now() - 0.5));
    }
    late += free.length === 0 ? 1 : 0;
    while (free.length === 0) {
      await Promise.race(running);
    }
    const user = free.shift();
    if (user !== undefined) {
      const run: Promise<void> = ALL_FLOWS[flow](user).then(() => {
        free.push(user);
        running.delete(run);
      });
      running.add(run);
    }
  }
  await Promise.all(running);
  hangUp(users);
  for (const { browser, member } of users) {
    [browser.onAnswer, member.onAnswer] = [null, null];
  }
  return { flow, rate, late, requests };
}

/** The same user, whose browsers note how long each request takes. */
function timed(user: VirtualUser, requests: Map<string, number[]>): VirtualUser {
  for (const browser of [user.browser, user.member]) {
    browser.onAnswer = (request, milliseconds) => {
      const name = templateOf(request);
      const times = requests.get(name) ?? [];
      times.push(milliseconds);
      requests.set(name, times);
    };
  }
  return user;
}

/** Without the query, and with `…` for what differs from one sign-in to the next. */
const templateOf = (request: string): string =>
  request.replace(/\?.*$/, "").replaceAll(/\/(?=[\w-]*[\dA-Z])[\w-]{20,}/g, "/…");
