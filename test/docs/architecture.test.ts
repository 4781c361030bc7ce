import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const SRC = new URL("../../src/", import.meta.url);
const architecture = readFileSync(fileURLToPath(new URL("../docs/architecture.md", SRC)), "utf8");

/** Folder → the file to open first, both below `src/`, as the document's table has them. */
const listed = [
  ...architecture.matchAll(/^\| `([\w/-]+)\/` +\| \[`([\w./-]+)`\]\(\.\.\/src\/([\w./-]+)\)/gm),
].map(([, folder = "", file = "", link = ""]) => ({ folder, file, link }));

/** The comment that a file opens with, before its code: at the top, or after what it imports. */
function openingOf(file: string): string {
  const text = readFileSync(new URL(file, SRC), "utf8").replace(/^(import[\s\S]*?;\n)+/, "");
  return /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? "";
}

describe("the folders of src", () => {
  it("are all in docs/architecture.md, and no others", () => {
    const folders = readdirSync(SRC, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(fileURLToPath(SRC).length));
    expect(folders).to.include("domain/factors");
    expect(listed.map(({ folder }) => folder)).to.have.members(
      folders.map((path) => path.replace(/^\//, "")),
    );
  });

  it("each have a file to open first, which begins with what the folder is about", () => {
    for (const { folder, file, link } of listed) {
      expect(link, folder).to.equal(file);
      const lines = openingOf(file).trim().split("\n");
      expect(lines, `${file} opens ${folder}`).to.have.length.within(2, 8);
    }
  });

  it("are listed in the order of the layers", () => {
    const layers = [...new Set(listed.map(({ folder }) => folder.split("/")[0]))];
    expect(layers).to.deep.equal([
      "kernel",
      "platform",
      "domain",
      "protocol",
      "screens",
      "api",
      "server",
      "cli",
    ]);
  });
});
