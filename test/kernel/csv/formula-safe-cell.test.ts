import { expect } from "chai";
import { csvLine } from "../../../src/kernel/csv/csv-line.ts";
import { formulaSafeCell } from "../../../src/kernel/csv/formula-safe-cell.ts";

describe("a cell of a CSV file", () => {
  for (const text of ["=1+1", "+31612345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]) {
    it(`shows ${JSON.stringify(text)} and never runs it`, () => {
      expect(formulaSafeCell(text)).to.match(/^'/);
    });
  }

  it("leaves what is harmless as it is", () => {
    expect(["Sanne Bakker", "", "2026-01-31", "a=b"].map(formulaSafeCell)).to.deep.equal([
      "Sanne Bakker",
      "",
      "2026-01-31",
      "a=b",
    ]);
  });

  it("keeps commas, quotes and line breaks within the cell", () => {
    expect(csvLine(['Bakker, "Sanne"', '=HYPERLINK("x")'])).to.equal(
      '"Bakker, ""Sanne""","\'=HYPERLINK(""x"")"\r\n',
    );
  });
});
