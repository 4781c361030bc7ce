import { execFile, spawn, type ChildProcess } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const IP = "/usr/sbin/ip";
const ip = (...words: readonly string[]) => run(IP, words);

/** A machine of the drill: a network namespace of Linux with an address of its own, on a bridge that leads nowhere else. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  /** Starts a program on it, as the account of PostgreSQL; what it says goes to a file of that name. */
  start(
    program: string,
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): ChildProcess;
  /** It loses its power. */
  kill(): Promise<void>;
  /** All of its programs stop where they are, as on a host that hangs; `thaw` lets them go on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Its network cable is pulled, and plugged in again. */
  cut(): Promise<void>;
  join(): Promise<void>;
  /** Ends its programs of this name only. */
  end(program: string): Promise<void>;
}

export interface Machines extends AsyncDisposable {
  readonly all: readonly Machine[];
}

/** What is missing to make machines, or null. */
export async function machinesMissing(): Promise<string | null> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "root on Linux";
  }
  const probe = `vb-${String(process.pid)}`;
  try {
    await ip("netns", "add", probe);
    await ip("netns", "del", probe);
    return null;
  } catch {
    return "the right to make network namespaces (iproute2)";
  }
}

/** Makes so many, named db1, db2 and so on. Their files of output lie in `directory`. */
export async function makeMachines(count: number, directory: string): Promise<Machines> {
  const tag = String(process.pid % 100_000);
  const bridge = `vb${tag}`;
  // Of the block for documentation and benchmarks (RFC 2544), a part for each run.
  const subnet = `198.18.${String(process.pid % 250)}`;
  await ip("link", "add", bridge, "type", "bridge");
  await ip("addr", "add", `${subnet}.254/24`, "dev", bridge);
  await ip("link", "set", bridge, "up");
  const all: Machine[] = [];
  for (let number = 1; number <= count; number += 1) {
    const place = { name: `db${String(number)}`, address: `${subnet}.${String(number)}` };
    all.push(await makeMachine(place, { space: `${bridge}-${String(number)}`, bridge, directory }));
  }
  return {
    all,
    [Symbol.asyncDispose]: async () => {
      for (const [index, machine] of all.entries()) {
        await machine.kill();
        await ip("link", "del", `${bridge}-${String(index + 1)}`);
        await ip("netns", "del", `${bridge}-${String(index + 1)}`);
      }
      await ip("link", "del", bridge);
    },
  };
}

async function makeMachine(
  { name, address }: Pick<Machine, "name" | "address">,
  { space, bridge, directory }: { space: string; bridge: string; directory: string },
): Promise<Machine> {
  await ip("netns", "add", space);
  await ip("link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space);
  await ip("link", "set", space, "master", bridge, "up");
  await ip("-n", space, "addr", "add", `${address}/24`, "dev", "eth0");
  await ip("-n", space, "link", "set", "eth0", "up");
  await ip("-n", space, "link", "set", "lo", "up");
  const pids = async () => {
    const { stdout } = await ip("netns", "pids", space);
    return stdout.split("\n").filter(Boolean).map(Number);
  };
  const signal = async (what: NodeJS.Signals) => {
    for (const pid of await pids()) {
      send(pid, what);
    }
  };
  return {
    name,
    address,
    start: (program, words, environment = {}) => {
      const output = openSync(join(directory, `${name}-${program.replace(/.*\//, "")}.log`), "a");
      const asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
      return spawn(IP, ["netns", "exec", space, ...asPostgres, program, ...words], {
        cwd: directory,
        env: { PATH: process.env["PATH"], LANG: "C.UTF-8", ...environment },
        stdio: ["ignore", output, output],
      });
    },
    kill: async () => {
      // One that begins while the others end is found the next time.
      while ((await pids()).length > 0) {
        await signal("SIGKILL");
      }
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    cut: async () => {
      await ip("link", "set", space, "down");
    },
    join: async () => {
      await ip("link", "set", space, "up");
    },
    end: async (program) => {
      const { stdout } = await run("ps", ["-o", "pid=,comm=", "-p", (await pids()).join(",")]);
      for (const line of stdout.split("\n")) {
        const [pid = "", ...words] = line.trim().split(/\s+/);
        if (words.join(" ") === program) {
          send(Number(pid), "SIGKILL");
        }
      }
    },
  };
}

/** One may end by itself in that moment. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}
