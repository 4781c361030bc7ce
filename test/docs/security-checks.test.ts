import { expect } from "chai";
import { MEANINGS, SUBJECTS } from "../../scripts/security-meanings.ts";
import { readSecurityTitles } from "../../scripts/security-titles.ts";

describe("the security checks", () => {
  const titles = readSecurityTitles();
  const checksOf = (title: string) => titles.find((found) => found.title.startsWith(title))?.checks;

  it("are T1 to T168, T171 and T178 to T184, each with a meaning", () => {
    const numbers = Object.keys(MEANINGS).map(Number);
    const upTo168 = Array.from({ length: 168 }, (_, index) => index + 1);
    expect(numbers).to.deep.equal([...upTo168, 171, 178, 179, 180, 181, 182, 183, 184]);
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
