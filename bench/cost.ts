import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "pg";
import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { startSmsStandIn } from "../test/support/sms-stand-in.ts";
import { asOwner } from "./as-owner.ts";
import { growthTable, type Cost } from "./growth.ts";
import { runTimes, timeOf, type AnyFlowName } from "./load.ts";
import type { Options } from "./options.ts";
import { TEXTING } from "./provider.ts";
import { newInstallation } from "./servers.ts";
import { hundredths, table, tenths } from "./table.ts";
import { prepareTarget, type Target } from "./target.ts";
import { codeReader } from "./texts.ts";

/** How often each flow is run; people wait for hashes, programs do not. */
const TIMES: ReadonlyMap<AnyFlowName, number> = new Map([
  ["sign-in", 320],
  ["sign-in-totp", 320],
  ["sign-in-text", 320],
  ["sign-in-passkey", 320],
  ["silent", 1_600],
  ["refresh-rotated", 1_600],
  ["client-credentials", 1_600],
  ["introspection", 3_200],
  ["userinfo", 3_200],
]);

/** Connections report what they did after ten idle seconds at the latest, and jobs seal the audit log meanwhile. */
const SETTLE_SECONDS = 12;

/** What each flow costs the server and PostgreSQL, and the machines that follow from it. Answers the tables. */
export async function costOfFlows(options: Options): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const provider = stack.adopt(await startSmsStandIn(), (standIn) => standIn.stop());
  const installation = stack.use(await newInstallation({ ...TEXTING, ...provider.environment }));
  const target = await prepareTarget(stack.use(await installation.start("Vestibule")), installation.dataDir);
  const readText = codeReader(provider);
  target.users.forEach((user) => (user.textCode = readText));
  const embedded = stack.adopt(
    await openEmbeddedDatabase({ dataDir: installation.dataDir, log: () => undefined }),
    ({ close }) => close(),
  );
  const costs = await asOwner(embedded.ownerUrl, (owner) => measure(target, owner, options.scale));
  return [costTable(costs), growthTable(costs)].join("\n\n");
}

async function measure(target: Target, owner: Client, scale: number): Promise<Map<AnyFlowName, Cost>> {
  const idle = await idleCost(target, owner);
  const costs = new Map<AnyFlowName, Cost>();
  for (const [flow, usual] of TIMES) {
    console.error(flow);
    const times = Math.max(target.users.length, Math.round(usual * scale));
    // What a flow touches for the first time after a checkpoint is logged as whole pages.
    await owner.query("checkpoint");
    await runTimes(target, flow, times);
    costs.set(flow, await costOf(target, owner, { flow, times, idle }));
  }
  return costs;
}

/** Of a second in which no request comes. */
async function idleCost(target: Target, owner: Client): Promise<Cost> {
  await wait(SETTLE_SECONDS * 1_000);
  const [before, began] = [await used(target, owner), performance.now()];
  await wait(SETTLE_SECONDS * 1_000);
  return divided(difference(await used(target, owner), before), (performance.now() - began) / 1_000);
}

async function costOf(
  target: Target,
  owner: Client,
  { flow, times, idle }: { flow: AnyFlowName; times: number; idle: Cost },
): Promise<Cost> {
  await wait(SETTLE_SECONDS * 1_000);
  const [before, began] = [await used(target, owner), performance.now()];
  await runTimes(target, flow, times);
  await wait(SETTLE_SECONDS * 1_000);
  const all = difference(await used(target, owner), before);
  const seconds = (performance.now() - began) / 1_000;
  return divided(difference(all, divided(idle, 1 / seconds)), times);
}

async function used(target: Target, owner: Client): Promise<Cost> {
  const { server, postgres } = await timeOf(target);
  const { rows } = await owner.query<Record<"rows" | "wal" | "audit" | "all", string>>(`
    select (select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables) as rows,
           (pg_current_wal_insert_lsn() - '0/0') as wal,
           pg_total_relation_size('audit_events') as audit,
           (select sum(pg_total_relation_size(relid)) from pg_stat_user_tables) as all`);
  const [row] = rows;
  const audit = Number(row?.audit);
  return {
    ...{ server, postgres: postgres ?? NaN, rows: Number(row?.rows), wal: Number(row?.wal) },
    ...{ audit, rest: Number(row?.all) - audit },
  };
}

const difference = (after: Cost, before: Cost): Cost => each((name) => after[name] - before[name]);

const divided = (cost: Cost, by: number): Cost => each((name) => cost[name] / by);

const each = (value: (name: keyof Cost) => number): Cost => ({
  ...{ server: value("server"), postgres: value("postgres"), rows: value("rows") },
  ...{ wal: value("wal"), audit: value("audit"), rest: value("rest") },
});

function costTable(costs: ReadonlyMap<AnyFlowName, Cost>): string {
  const head = [
    "one flow costs",
    ...["Node ms", "PostgreSQL ms", "rows written"],
    ...["WAL kB", "audit log kB", "until it expires kB"],
  ];
  const kilobytes = (bytes: number) => tenths(Math.max(0, bytes) / 1_000);
  return table(
    head,
    [...costs].map(([flow, { server, postgres, rows, wal, audit, rest }]) => [
      ...[flow, hundredths(server), hundredths(postgres), tenths(Math.max(0, rows))],
      ...[kilobytes(wal), kilobytes(audit), kilobytes(rest)],
    ]),
  );
}
