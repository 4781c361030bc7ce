import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Browser } from "./browser.ts";
import { quantile } from "./figures.ts";
import { CROWDED_OFFICE, fillMonday, personName, quietOffice } from "./fill-monday.ts";
import type { Visitor } from "./fixtures.ts";
import { authorizationRequest, exchange, givePassword, location } from "./flows.ts";
import { seededSchema, type Seeded } from "./messages.ts";
import type { Options } from "./options.ts";
import { newInstallation } from "./servers.ts";
import { hundredths, table, tenths } from "./table.ts";

const PEOPLE = 500;
const MINUTE_MS = 60_000;

/** Where people come from: who they are, and from which address. */
interface Side {
  readonly name: string;
  readonly officeOf: (number: number) => string;
  readonly addressOf: (number: number) => string;
}

/** Ratios are to the first. */
const SIDES: readonly [Side, Side] = [
  {
    name: "each of another office and address",
    officeOf: quietOffice,
    addressOf: (number) => `198.18.${String(number >> 8)}.${String(number & 255)}`,
  },
  {
    name: "all of one office, behind one address",
    officeOf: () => CROWDED_OFFICE,
    addressOf: () => "198.51.100.7",
  },
];

/** The servers of an installation, by port, and what they were seeded with. */
interface Stage {
  readonly ports: readonly [number, number];
  readonly server: Seeded;
}

interface Minute {
  readonly people: number;
  readonly ms: number;
}

/**
 * Five hundred people who sign in within one minute at two processes, each with a browser that is not familiar: once as many offices,
 * once as one office behind one address, in turn. `--scale` makes the minute shorter, with as many people in a second. Answers the
 * table of the password page's form.
 */
export async function mondayMorning({ rounds, scale }: Options): Promise<string> {
  const people = Math.round(PEOPLE * scale);
  // The addresses of people are what the proxy in front says.
  await using installation = await newInstallation({ VESTIBULE_TRUSTED_PROXY_HOPS: "1" });
  await using first = await installation.start("first of two processes");
  await using second = await installation.start("second of two processes");
  const stage = { ports: [first.port, second.port], server: await first.ask("seed", seededSchema) } as const;
  await fillMonday(installation.dataDir, people);
  const minute = { people, ms: MINUTE_MS * scale };
  // A process does not know where an office is until its first sign-in there.
  for (const side of SIDES) {
    await morning(stage, side, minute);
  }
  const times = new Map(SIDES.map((side): [Side, number[]] => [side, []]));
  for (const side of inTurn(rounds)) {
    times.get(side)?.push(...(await morning(stage, side, minute)));
  }
  return report([...times], minute);
}

/** Both sides in every round; each begins every other one. */
const inTurn = (rounds: number): Side[] =>
  Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? SIDES : SIDES.toReversed())).flat();

/** Everyone comes at a moment of their own; the same moments each time. Answers how long each password form took. */
function morning(stage: Stage, side: Side, { people, ms }: Minute): Promise<number[]> {
  return Promise.all(
    Array.from({ length: people }, async (_, number) => {
      await wait(momentOf(number) * ms);
      return signIn(stage, side, number);
    }),
  );
}

/** A part of the minute: by chance, and alike in every run. */
const momentOf = (number: number): number =>
  createHash("sha256")
    .update(`arrival ${String(number)}`)
    .digest()
    .readUInt32BE() /
  2 ** 32;

async function signIn({ ports, server }: Stage, side: Side, number: number): Promise<number> {
  const person: Visitor = { officeCode: side.officeOf(number), username: personName(number), secret: null };
  const browser = new Browser(ports[number % 2 === 0 ? 0 : 1], server.issuer, side.addressOf(number));
  try {
    const { verifier, path } = authorizationRequest(server);
    const page = await browser.get(location(await browser.get(path), server));
    const began = performance.now();
    const sent = await givePassword(browser, page, { server, person });
    const took = performance.now() - began;
    const callback = location(await browser.get(location(sent, server)), server);
    await exchange(browser, server, { verifier, callback });
    return took;
  } finally {
    browser.hangUp();
  }
}

function report(times: readonly (readonly [Side, readonly number[]])[], { people, ms }: Minute): string {
  const p95s = times.map(([, each]) => quantile(each, 0.95));
  return table(
    [
      `the password form, ${String(people)} people in ${tenths(ms / 1000)} s`,
      "forms",
      "p50 ms",
      "p95 ms",
      "ratio of p95",
    ],
    times.map(([side, each], index) => [
      side.name,
      String(each.length),
      tenths(quantile(each, 0.5)),
      tenths(p95s[index] ?? NaN),
      hundredths((p95s[index] ?? NaN) / (p95s[0] ?? NaN)),
    ]),
  );
}
