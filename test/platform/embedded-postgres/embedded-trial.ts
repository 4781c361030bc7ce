/** Processes that open an embedded database, and a look at the server behind it. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { Client } from "pg";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { ordinary, sharedInstallation, type User } from "./embedded-stage.ts";

const SCRIPT = `
  const [source, dataDir, cache] = process.argv.slice(1);
  // Some seventy of these processes are started; the cache halves the time of each.
  process.getBuiltinModule("node:module").enableCompileCache(cache);
  try {
    const { openEmbeddedDatabase } = await import(source);
    const logged = [];
    const log = (message) => { logged.push(message); };
    const { close, ...addresses } = await openEmbeddedDatabase({ dataDir, log, fsync: false });
    console.log(JSON.stringify({ ...addresses, logged }));
    await new Promise((resume) => process.stdin.once("data", resume));
    await close();
    console.log(JSON.stringify({ logged }));
    process.exit(0);
  } catch (error) {
    console.log(JSON.stringify({ fault: error.message, kind: error.constructor.name }));
    process.exit(1);
  }`;

const Answer = z.object({
  ownerUrl: z.string().default(""),
  applicationUrl: z.string().default(""),
  logged: z.array(z.string()).default([]),
  fault: z.string().default(""),
  kind: z.string().default(""),
});
export type Answer = z.infer<typeof Answer>;

export interface Opener {
  pid: number;
  answer: Promise<Answer>;
  close(): Promise<Answer>;
  kill(): Promise<void>;
}

/** Starts a process that opens the data directory; `wrap` may put another program in front of it. */
export async function open(
  dataDir: string,
  { user = ordinary, installation, wrap = [] }: { user?: User; installation?: string; wrap?: string[] } = {},
): Promise<Opener> {
  const base = await sharedInstallation();
  const source = pathToFileURL(join(installation ?? base, "src/platform/embedded-postgres/embedded.ts")).href;
  const node = [
    join(base, "node"),
    "--input-type=module",
    "-e",
    SCRIPT,
    source,
    dataDir,
    join(base, "cache"),
  ];
  const [program = "", ...args] = [...wrap, ...node];
  const child = spawn(program, args, { cwd: "/", stdio: ["pipe", "pipe", "inherit"], ...user.ids });
  return toOpener(child);
}

function toOpener(child: ChildProcessByStdio<Writable, Readable, null>): Opener {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit");
  const next = async (): Promise<Answer> => {
    const { value } = await lines.next();
    return Answer.parse(JSON.parse(value ?? '{"fault":"no answer"}'));
  };
  const answer = next();
  return {
    pid: child.pid ?? 0,
    answer,
    close: async () => {
      await answer;
      child.stdin.write("close\n");
      const last = await next();
      await ended;
      return last;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Opens, lets `work` use the database, and closes. */
export async function withOpen<T>(
  dataDir: string,
  options: Parameters<typeof open>[1],
  work: (answer: Answer) => Promise<T>,
): Promise<T> {
  const opener = await open(dataDir, options);
  try {
    return await work(await opener.answer);
  } finally {
    await opener.close();
  }
}

export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The server's process, `null` when there is none. */
export async function serverPid(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, "postgresql/postmaster.pid"), "utf8").catch(() => "");
  return text === "" ? null : Number(text.split("\n")[0]);
}

export const until = (isTrue: () => Promise<boolean>) => eventually(isTrue, Boolean);
