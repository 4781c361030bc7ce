import { apiAccess, type ApiFlowName } from "./api-flows.ts";
import { addApiMachine, UNLIMITED } from "./api-machine.ts";
import { BIG_OFFICE, fillInstallation } from "./console-fill.ts";
import { countFlows } from "./count-flows.ts";
import type { Figures } from "./figures.ts";
import { OFFICE } from "./fixtures.ts";
import { interleave } from "./interleave.ts";
import type { Options } from "./options.ts";
import { newInstallation, type Installation } from "./servers.ts";
import { hundredths, table, tenths, whole } from "./table.ts";
import { hangUp, prepareTarget, type Target } from "./target.ts";

const LARGE = 200_000;
/** The least of `userinfo`'s rate, and the most milliseconds of a page. */
const GOALS = { rate: 0.6, milliseconds: 50 };
const LISTS: readonly ApiFlowName[] = ["users by username", "users by name", "users by last sign-in"];

/** Reading one user beside `userinfo`, in turns, and pages of a large office. */
export async function readingByApi(options: Options): Promise<string> {
  await using installation = await newInstallation(UNLIMITED);
  await using server = await installation.start("Vestibule");
  const large = Math.max(1_000, Math.round(LARGE * options.scale));
  await fillInstallation(installation, { offices: 10, users: 1_000, events: 0, large });
  const target = await prepareTarget(server, installation.dataDir);
  await giveAccess(target, installation);
  const one = await oneUser(target, options);
  await giveAccess(target, installation);
  return [one, await pages(target, large, options)].join("\n\n");
}

/** A token is good for fifteen minutes. */
async function giveAccess({ users }: Target, installation: Installation): Promise<void> {
  const machine = await addApiMachine(installation, ["offices:read", "users:read"]);
  for (const user of users) {
    user.api = await apiAccess(user, machine, { office: OFFICE.code, large: BIG_OFFICE });
  }
  hangUp(users);
}

async function oneUser(target: Target, options: Options): Promise<string> {
  const flows = ["userinfo", "api-user"] as const;
  const counts = await countFlows(target, flows);
  const results = await interleave([target], { ...options, flows });
  const first = results.get("userinfo")?.[0]?.rate ?? NaN;
  const head = [
    "16 at a time",
    "in a second",
    "ratio",
    "goal",
    "p50 ms",
    "p95 ms",
    "statements",
    "Node ms",
    "PostgreSQL ms",
  ];
  return table(
    head,
    flows.map((flow) => {
      const { rate, p50, p95, processor } = figuresIn(results.get(flow));
      const { statements = NaN } = counts.get(flow) ?? {};
      return [
        ...[flow, whole(rate), hundredths(rate / first), flow === "api-user" ? hundredths(GOALS.rate) : ""],
        ...[tenths(p50), tenths(p95), tenths(statements)],
        ...[hundredths(processor.server), hundredths(processor.postgres ?? NaN)],
      ];
    }),
  );
}

/** By one caller and by sixteen at the same time. */
async function pages(target: Target, large: number, options: Options): Promise<string> {
  const single = await interleave([{ ...target, users: target.users.slice(0, 1) }], {
    ...options,
    flows: LISTS,
  });
  const many = await interleave([target], { ...options, flows: LISTS });
  return table(
    [
      `100 of ${String(large)} users`,
      "one caller: p50 ms",
      "p95 ms",
      "goal",
      "16 at a time: p50 ms",
      "p95 ms",
    ],
    LISTS.map((flow) => {
      const [alone, beside] = [figuresIn(single.get(flow)), figuresIn(many.get(flow))];
      return [
        flow,
        tenths(alone.p50),
        tenths(alone.p95),
        whole(GOALS.milliseconds),
        tenths(beside.p50),
        tenths(beside.p95),
      ];
    }),
  );
}

function figuresIn(figures: readonly Figures[] | undefined): Figures {
  const [found] = figures ?? [];
  if (found === undefined) {
    throw new Error("A flow without figures.");
  }
  return found;
}
