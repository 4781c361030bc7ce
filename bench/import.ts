import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { asOwner } from "./as-owner.ts";
import { HASHED_USERS, hashedFile, signInImported } from "./import-hashes.ts";
import type { Options } from "./options.ts";
import { newInstallation, type Installation } from "./servers.ts";
import { megabytes, seconds, table } from "./table.ts";

const PROGRAM = fileURLToPath(new URL("../bin/vestibule.js", import.meta.url));
const USERS = 100_000;

interface Run {
  readonly milliseconds: number;
  /** The most resident memory of the program in bytes; null where the system does not report it. */
  readonly memory: number | null;
}

/** `npx vestibule user import` of a large file, into an office that is empty and into one that has as many already. */
export async function importing({ scale }: Options): Promise<string> {
  const users = Math.round(USERS * scale);
  await using installation = await newInstallation();
  // Held open, so that no command starts and stops the database.
  const embedded = await openEmbeddedDatabase({ dataDir: installation.dataDir, log: () => undefined });
  try {
    await run(installation, ["office", "add", "BENCH", "--name", "Bench"]);
    await run(installation, IMPORT, file(0, 3));
    await analyze(embedded.ownerUrl);
    const rows = [];
    for (const [name, words, first] of [
      ["dry run", [...IMPORT, "--dry-run"], users],
      ["into an empty office", IMPORT, users],
      ["beside as many others", IMPORT, 2 * users],
    ] as const) {
      const { milliseconds, memory } = await run(installation, words, file(first, users));
      rows.push([name, seconds(milliseconds), memory === null ? "unknown" : megabytes(memory)]);
    }
    const people = table([`import of ${String(users)} users`, "time", "memory at most"], rows);
    return `${people}\n\n${await movingPasswords(installation, Math.round(HASHED_USERS * scale))}`;
  } finally {
    await embedded.close();
  }
}

/** Users of another system with six kinds of hashes, and the first sign-in of ten of each kind. */
async function movingPasswords(installation: Installation, users: number): Promise<string> {
  await run(installation, ["office", "add", "MOVED", "--name", "Moved"]);
  const words = ["user", "import", "--office", "MOVED"];
  const { milliseconds, memory } = await run(installation, words, hashedFile(users));
  const rows = [["all lines", seconds(milliseconds), memory === null ? "unknown" : megabytes(memory)]];
  const signIns = Array.from(await signInImported(installation, "MOVED"), ([form, took]) => [
    form,
    `${took.toFixed(0)} ms`,
  ]);
  return [
    table([`import of ${String(users)} users with hashes of six kinds`, "time", "memory at most"], rows),
    table(["first sign-in with a hash of", "password and new hash"], signIns),
  ].join("\n\n");
}

const IMPORT = ["user", "import", "--office", "BENCH"];

/** Tables that PostgreSQL knows to be small: the worst that a plan can be made from. */
const analyze = (ownerUrl: string) => asOwner(ownerUrl, (owner) => owner.query("vacuum (analyze)"));

function* file(first: number, count: number): Generator<string, void> {
  yield "username,name,mail,mobile number,language,role\n";
  for (let number = first; number < first + count; number += 1) {
    const mobile = `+316${String(10_000_000 + number)}`;
    yield `user-${String(number)},User Number ${String(number)},user-${String(number)}@bench.example,${mobile},nl,user\n`;
  }
}

async function run(
  { environment }: Installation,
  words: readonly string[],
  typed: Iterable<string> = [],
): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["pipe", "ignore", "inherit"],
  });
  const closed = once(child, "close");
  const memory = mostMemory(child);
  await pipeline(Readable.from(typed), child.stdin);
  const [code] = (await closed) as [number | null];
  if (code !== 0) {
    throw new Error(`vestibule ${words.join(" ")} ended with ${String(code)}.`);
  }
  return { milliseconds: performance.now() - began, memory: await memory };
}

/** What the kernel remembers as the peak (VmHWM), asked until the program is gone. */
async function mostMemory(child: ChildProcess): Promise<number | null> {
  let most: number | null = null;
  while (child.exitCode === null && child.signalCode === null) {
    most = peakOf(String(child.pid)) ?? most;
    await wait(50);
  }
  return most;
}

function peakOf(pid: string): number | null {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
