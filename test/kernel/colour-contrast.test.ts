import { expect } from "chai";
import { checkAccent } from "../../src/kernel/colour-contrast.ts";

describe("the colour of an office", () => {
  it("gets the text that can be read on it, whatever it is", () => {
    const colours = Array.from({ length: 4096 }, (_, index) =>
      [index >> 8, (index >> 4) & 15, index & 15].reduce(
        (hex, part) => hex + part.toString(16).repeat(2),
        "#",
      ),
    );
    expect(colours.filter((colour) => checkAccent(colour).ratios.text < 4.5)).to.deep.equal([]);
  });

  it("has the ratios of WCAG", () => {
    expect(checkAccent("#000000").ratios.light).to.equal(21);
    expect(checkAccent("#ffffff").ratios.light).to.equal(1);
    expect(checkAccent("#767676").ratios.light).to.be.closeTo(4.54, 0.01);
  });

  it("learns where its buttons can hardly be seen", () => {
    expect(checkAccent("#fff2a8")).to.deep.include({ text: "#000000", hardToSeeOn: ["light"] });
    expect(checkAccent("#101820")).to.deep.include({ text: "#ffffff", hardToSeeOn: ["dark"] });
    expect(checkAccent("#2a8a6c").hardToSeeOn).to.deep.equal([]);
  });
});
