import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = new URL("../../", import.meta.url);
const SKIPPED = /^(node_modules|data|previews|coverage|\.git)\//;

const documents = readdirSync(fileURLToPath(ROOT), { encoding: "utf8" })
  .flatMap((name) => {
    const isFolder = !name.includes(".") && !SKIPPED.test(`${name}/`);
    return isFolder && existsSync(new URL(`${name}/`, ROOT))
      ? readdirSync(new URL(`${name}/`, ROOT), { recursive: true, encoding: "utf8" }).map(
          (file) => `${name}/${file}`,
        )
      : [name];
  })
  .filter((file) => file.endsWith(".md"));

/** Links to files of this repository, without the part after `#`. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? "");

/** Paths of the source that a text names as a whole, such as `src/server/main.ts`. */
const pathsOf = (text: string): string[] =>
  [...text.matchAll(/`((?:src|test|scripts|migrations|views|bench|demo)\/[\w./-]+\.\w+)`/g)].map(
    ([, path]) => path ?? "",
  );

/** What the documents name and the repository does not have, each with its document. */
const missing = (namedIn: (text: string) => string[], baseOf: (document: string) => URL): string[] =>
  documents.flatMap((document) => {
    const text = readFileSync(new URL(document, ROOT), "utf8");
    const broken = namedIn(text).filter((path) => !existsSync(new URL(path, baseOf(document))));
    return broken.map((path) => `${document}: ${path}`);
  });

describe("the documents", () => {
  it("are read, also those in folders", () => {
    expect(documents).to.include.members(["README.md", "docs/architecture.md", "docs/decisions/README.md"]);
  });

  it("link only to what exists", () => {
    expect(missing(linksOf, (document) => new URL(document, ROOT))).to.deep.equal([]);
  });

  it("name only files that exist", () => {
    expect(missing(pathsOf, () => ROOT)).to.deep.equal([]);
  });
});
