import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const VIEWS = new URL("../../views/", import.meta.url);
const EXTENDS = /\{% extends "(?<parent>[^"]+)" %\}/;
/** Parts that other views include, and views of a mail or a file. */
const IS_PART = /\{% (macro|set) |^\{#/;

/** The account has a button in its head; the console has a line in the menu under the user's name. */
const SIGN_OUT = {
  account: /<a class="button[^"]*" href="\/sign-out">/,
  console:
    /<details class="app-person">[^]*<li><a href="\/sign-out">|<a class="button[^"]*" href="\/sign-out">/,
};

const source = (view: string): string => readFileSync(new URL(view, VIEWS), "utf8");

/** A view and all that it extends. */
const layersOf = (view: string): string[] => {
  const parent = EXTENDS.exec(source(view))?.groups?.["parent"];
  return parent === undefined ? [view] : [view, ...layersOf(parent)];
};

describe("the way out", () => {
  for (const site of ["account", "console"] as const) {
    it(`T135 is on every page of the ${site}: a link that signs out`, () => {
      // In folders too: a view that grew has its parts in one.
      const views = readdirSync(new URL(`${site}/`, VIEWS), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".njk"))
        .map((file) => `${site}/${file.replaceAll("\\", "/")}`);
      const pages = views.filter((view) => EXTENDS.test(source(view)));
      const parts = views.filter((view) => !pages.includes(view));
      const without = pages.filter(
        (page) => !layersOf(page).some((view) => SIGN_OUT[site].test(source(view))),
      );
      expect(pages).to.have.length.above(10);
      expect(without, "pages without it").to.deep.equal([]);
      expect(
        parts.filter((part) => !IS_PART.test(source(part))),
        "neither page nor part",
      ).to.deep.equal([]);
    });
  }
});
