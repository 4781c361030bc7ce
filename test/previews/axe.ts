import axe from "axe-core";
import type { Page } from "playwright-core";

/** A rule that a page breaks. */
export interface Violation {
  readonly rule: string;
  readonly help: string;
  readonly places: readonly string[];
}

/** WCAG 2.2 up to AA, and what the makers of axe hold good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The one rule that other colours can break. */
const COLOURS = { type: "rule", values: ["color-contrast"] };

/** What axe finds on a page as it stands. The policy of the page does not reach what the test driver runs. */
export async function violationsOn(page: Page): Promise<Violation[]> {
  await page.evaluate(`${axe.source}; undefined`);
  return violationsOf(page, TAGS);
}

/** The same after the colours alone have changed, on a page that `violationsOn` has looked at. */
export const contrastViolationsOn = (page: Page): Promise<Violation[]> => violationsOf(page, COLOURS);

/** Only what is wrong leaves the page: the driver takes all that axe tells of a page apart, value by value, for seconds. */
async function violationsOf(page: Page, runOnly: object): Promise<Violation[]> {
  return page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ["violations"] })
    .then(({ violations }) => violations.map(({ id, help, nodes }) =>
      ({ rule: id, help, places: nodes.map(({ html }) => html) })))`);
}
