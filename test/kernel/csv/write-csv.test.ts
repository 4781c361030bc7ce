import { expect } from "chai";
import { csvLines } from "../../../src/kernel/csv/write-csv.ts";

describe("a cell of a CSV file", () => {
  for (const text of ["=1+1", "+31612345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]) {
    it(`shows ${JSON.stringify(text)} and never runs it`, () => {
      expect(csvLines([[text]])).to.equal(`"'${text}"\r\n`);
    });
  }

  it("leaves what is harmless as it is", () => {
    expect(csvLines([["Sanne Bakker", "", "2026-01-31"], ["a=b"]])).to.equal(
      '"Sanne Bakker","","2026-01-31"\r\n"a=b"\r\n',
    );
  });

  it("keeps commas, quotes and line breaks within the cell", () => {
    expect(csvLines([['Bakker, "Sanne"', '=HYPERLINK("x")']])).to.equal(
      '"Bakker, ""Sanne""","\'=HYPERLINK(""x"")"\r\n',
    );
  });
});
