import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GALLERY } from "./gallery.ts";
import { VIEWS } from "./views.ts";

const PLACE = fileURLToPath(new URL("../../views/", import.meta.url));

/** The form that sends itself is gone before it could be judged; form-post.test.ts judges it without its script. */
const SENDS_ITSELF = "form-post/form-post";

const EXTENDS = /\{% extends "(.*)\.njk" %\}/;

/** Those that are a page: they fill a frame, and are none themselves. */
function pages(): string[] {
  const views = readdirSync(PLACE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".njk"))
    .map((file) => ({
      view: file.slice(0, -".njk".length),
      frame: EXTENDS.exec(readFileSync(`${PLACE}${file}`, "utf8"))?.[1],
    }));
  const frames = views.map(({ frame }) => frame);
  return views
    .filter(({ view, frame }) => frame !== undefined && !frames.includes(view))
    .map(({ view }) => view);
}

describe("the views that are judged", () => {
  it("are all there are", () => {
    const judged = Object.values(VIEWS).flatMap((views) => Object.keys(views));
    const ours = judged.filter((view) => !view.startsWith("demo/"));
    expect([...ours, SENDS_ITSELF]).to.have.members(pages());
  });

  it("are each shown by a preview that has that name alone", () => {
    const names = GALLERY.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.include.members(Object.values(VIEWS).flatMap((views) => Object.values(views)));
  });
});
