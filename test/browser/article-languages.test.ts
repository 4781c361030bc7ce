import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { LANGUAGE_CODES } from "../../src/kernel/languages.ts";

describe("the help article", () => {
  it("is followed in every language of the pages", () => {
    const files = ["test/browser", "test/pages"].flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => /^article-in-\w+\.(test|pages)\.ts$/.test(file))
        .map((file) => `${folder}/${file}`),
    );
    const followed = files.map((file) => readFileSync(file, "utf8"));
    const missing = LANGUAGE_CODES.filter((code) => !followed.some((it) => it.includes(`("${code}")`)));
    expect(missing).to.deep.equal([]);
  });
});
