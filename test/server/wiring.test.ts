import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

const SRC = new URL("../../src/", import.meta.url);
const WIRING = "server/wiring/";

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, source: readFileSync(new URL(path, SRC), "utf8") }));

/** What a file makes of our own classes but errors: each `new` of an imported name, with the file that has it. */
function madeIn(source: string): string[] {
  const imported = new Map<string, string>();
  for (const [, names = "", from = ""] of source.matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)) {
    names.split(",").forEach((name) => imported.set(name.trim(), basename(from)));
  }
  return [...source.matchAll(/\bnew ([A-Z]\w*)\(/g)]
    .map(([, name = ""]) => ({ name, from: imported.get(name) }))
    .filter(({ from }) => from !== undefined && from !== "errors.ts")
    .map(({ name, from }) => `${String(from)}: ${name}`);
}

describe("the wiring", () => {
  const made = files.filter(({ path }) => path.startsWith(WIRING)).flatMap(({ source }) => madeIn(source));

  it("is a few files, one for each folder of the domain at most", () => {
    const paths = files.map(({ path }) => path).filter((path) => path.startsWith(WIRING));
    expect(paths).to.have.length.within(1, 14);
  });

  it("makes each store and each service in one place", () => {
    const stores = made.filter((each) => each.endsWith("Store"));
    expect(stores, "the stores that were found").to.have.length.above(40);
    expect(made.filter((each, place) => made.indexOf(each) !== place)).to.deep.equal([]);
  });

  it("is alone in making stores and services", () => {
    const elsewhere = files
      .filter(({ path }) => !path.startsWith(WIRING))
      .flatMap(({ path, source }) =>
        madeIn(source)
          .filter((each) => made.includes(each) || /(Store|Service)$/.test(each))
          .map((each) => `${path} makes ${each}`),
      );
    expect(elsewhere).to.deep.equal([]);
  });
});
