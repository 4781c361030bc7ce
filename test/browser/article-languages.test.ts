import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { LANGUAGE_CODES } from "../../src/kernel/languages.ts";

describe("the help article", () => {
  it("is followed in every language of the pages", () => {
    const files = readdirSync("test/browser").filter((file) => /^article-in-\w+\.test\.ts$/.test(file));
    const followed = files.map((file) => readFileSync(`test/browser/${file}`, "utf8"));
    const missing = LANGUAGE_CODES.filter((code) => !followed.some((it) => it.includes(`("${code}")`)));
    expect(missing).to.deep.equal([]);
  });
});
