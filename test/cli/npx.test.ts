import { expect } from "chai";
import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const rootOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The npm of the machine: the folder of the packages, where `npm test` looks first, has none. */
const PATH = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

/** What npm takes for the Node that it runs on. */
const AS_NODE_20 = `data:text/javascript,${encodeURIComponent(
  'Object.defineProperty(process, "version", { value: "v20.20.2" });',
)}`;

const NOBODY = 65_534;
/** Only root can be another user; others at least cannot write. */
const isRoot = process.getuid?.() === 0;

function run(
  command: string,
  words: readonly string[],
  options: { cwd: string; env?: Record<string, string>; uid?: number; gid?: number },
): Promise<{ code: unknown; out: string; error: string }> {
  const { env, ...rest } = options;
  return new Promise((resolve) => {
    execFile(command, words, { ...rest, env: { PATH, ...env } }, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : failure.code, out, error });
    });
  });
}

/** A checkout of the starter and what npm reads, with `dependencies` in the place of the real ones. */
function checkout(change: (manifest: Record<string, unknown>) => Record<string, unknown>): string {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-npx-"));
  chmodSync(directory, 0o755);
  cpSync(rootOf("bin"), join(directory, "bin"), { recursive: true });
  copyFileSync(rootOf(".npmrc"), join(directory, ".npmrc"));
  const manifest = JSON.parse(readFileSync(rootOf("package.json"), "utf8")) as Record<string, unknown>;
  writeFileSync(join(directory, "package.json"), JSON.stringify(change(manifest)));
  mkdirSync(join(directory, "src/cli"), { recursive: true });
  writeFileSync(join(directory, "src/cli/vestibule.ts"), "console.log(...process.argv.slice(2));\n");
  return directory;
}

describe("npx vestibule", () => {
  let directory = "";

  before(async () => {
    directory = checkout(({ name, version, type, bin, dependencies }) => {
      const starter = (dependencies as Record<string, string>)["vestibule-starter"];
      return { name, version, type, bin, private: true, dependencies: { "vestibule-starter": starter } };
    });
    const { code, error } = await run("npm", ["install", "--offline", "--ignore-scripts"], {
      cwd: directory,
      env: { HOME: directory },
    });
    expect(code, error).to.equal(0);
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("works for a service user who has no home, where the files belong to another user", async () => {
    const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const { code, out, error } = await run("npx", ["vestibule", "office", "list"], {
      cwd: directory,
      env: {
        HOME: "/nonexistent",
        PATH: `${rootOf(`node_modules/node-${process.platform}-${process.arch}/bin`)}${delimiter}${PATH}`,
      },
      ...user,
    });
    expect({ code, out, error }).to.deep.equal({ code: 0, out: "office list\n", error: "" });
  });

  it("fetches no stranger's package of the same name where the packages were not installed", async () => {
    const bare = checkout(({ name, version, type, bin }) => ({ name, version, type, bin, private: true }));
    const { code, out } = await run("npx", ["--offline", "vestibule", "office", "list"], {
      cwd: bare,
      env: { HOME: bare },
    });
    const { out: may } = await run("npm", ["config", "get", "yes"], { cwd: bare, env: { HOME: bare } });
    rmSync(bare, { recursive: true, force: true });
    expect(code).to.not.equal(0);
    expect({ out, may }).to.deep.equal({ out: "", may: "false\n" });
  });
});

describe("npm ci with Node 20", () => {
  it("says nothing of engines: the packages run under the Node that npm installs with them", async () => {
    const directory = checkout((manifest) => manifest);
    copyFileSync(rootOf("package-lock.json"), join(directory, "package-lock.json"));
    const ci = (...words: readonly string[]) =>
      run("npm", ["ci", "--dry-run", "--offline", "--ignore-scripts", ...words], {
        cwd: directory,
        env: { HOME: directory, NODE_OPTIONS: `--import=${AS_NODE_20}` },
      });
    const [quiet, loud] = [await ci(), await ci("--loglevel=warn")];
    rmSync(directory, { recursive: true, force: true });
    expect(quiet.code, quiet.error).to.equal(0);
    expect(quiet.error).to.not.contain("EBADENGINE");
    // What would be said shows that npm was asked the right question.
    expect(loud.error).to.contain("EBADENGINE");
  });
});
