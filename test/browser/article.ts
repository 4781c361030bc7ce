import { expect } from "chai";
import type { Language } from "../../src/kernel/languages.ts";
import { useReaders } from "../support/article-readers.ts";
import { walkTheApp } from "./article-app.ts";
import { walkTheNumbers } from "./article-numbers.ts";
import { ARTICLE_ROWS, type ArticleRow } from "./article-rows.ts";

/** Follows the help article row by row as user, superuser, accountant and support, and counts what was seen to be true. */
export function describeArticle(language: Language): void {
  describe(`the help article, row by row (${language})`, function () {
    this.timeout(60_000);
    const readers = useReaders(language);
    const walked = new Set<string>();
    const holds = (...rows: ArticleRow[]) => {
      rows.forEach((row) => walked.add(row));
    };
    walkTheApp(readers, holds);
    walkTheNumbers(readers, holds);

    it("is true in each of its 27 rows", () => {
      expect(Object.keys(ARTICLE_ROWS)).to.have.lengthOf(27);
      expect(Object.keys(ARTICLE_ROWS).filter((row) => !walked.has(row))).to.deep.equal([]);
    });
  });
}
