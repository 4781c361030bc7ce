import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const VIEWS = new URL("../../views/", import.meta.url);
const EXTENDS = /\{% extends "(?<parent>[^"]+)" %\}/;
/** Parts that other views include, and views of a mail or a file. */
const IS_PART = /\{% (macro|set) |^\{#/;

const SIGN_OUT = /<a class="button[^"]*" href="\/sign-out">/;

const source = (view: string): string => readFileSync(new URL(view, VIEWS), "utf8");

/** A view and all that it extends. */
const layersOf = (view: string): string[] => {
  const parent = EXTENDS.exec(source(view))?.groups?.["parent"];
  return parent === undefined ? [view] : [view, ...layersOf(parent)];
};

describe("the way out", () => {
  for (const site of ["account", "console"]) {
    it(`T135 is on every page of the ${site}: a button that signs out`, () => {
      const views = readdirSync(new URL(`${site}/`, VIEWS)).map((file) => `${site}/${file}`);
      const pages = views.filter((view) => EXTENDS.test(source(view)));
      const parts = views.filter((view) => !pages.includes(view));
      const without = pages.filter((page) => !layersOf(page).some((view) => SIGN_OUT.test(source(view))));
      expect(pages).to.have.length.above(10);
      expect(without, "pages without it").to.deep.equal([]);
      expect(
        parts.filter((part) => !IS_PART.test(source(part))),
        "neither page nor part",
      ).to.deep.equal([]);
    });
  }
});
