import { expect } from "chai";
import { MEANINGS } from "../../scripts/security-meanings.ts";
import { SUBJECTS } from "../../scripts/security-subjects.ts";
import { readSecurityTitles } from "../../scripts/security-titles.ts";

const upTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("the security checks", () => {
  const titles = readSecurityTitles();
  const checksOf = (title: string) => titles.find((found) => found.title.startsWith(title))?.checks;

  it("are T1 to T168, T171 to T205, T210 to T223, T225 to T242, T247 and T248, T251 to T254, each with a meaning", () => {
    const numbers = Object.keys(MEANINGS).map(Number);
    expect(numbers).to.deep.equal([
      ...upTo(1, 168),
      ...upTo(171, 205),
      ...upTo(210, 223),
      ...upTo(225, 242),
      ...upTo(247, 248),
      ...upTo(251, 254),
    ]);
    expect(SUBJECTS.every(({ from }) => numbers.includes(from))).to.equal(true);
  });

  it("are read from plain titles, from titles with several numbers, and from titles with words to fill in", () => {
    expect(checksOf("takes a long password exactly as it was chosen")).to.deep.equal([1]);
    expect(checksOf("holds no code, no number and no credential")).to.deep.equal([32, 108]);
    expect(titles.some(({ title, checks }) => title.includes("…") && checks.includes(110))).to.equal(true);
  });

  it("are read from every folder of the tests", () => {
    const folders = new Set(titles.map(({ file }) => file.split("/")[1]));
    expect([...folders]).to.include.members(["browser", "cli", "domain", "platform", "protocol", "screens"]);
  });
});
