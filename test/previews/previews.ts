import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { isLanguage, LANGUAGE_CHOICE, type Language } from "../../src/kernel/languages.ts";
import { closeBrowser, theBrowser } from "../support/browser.ts";
import { closeCluster } from "../support/database.ts";
import { misfitsOn } from "../support/fit.ts";
import { openVisitor } from "../support/visitors.ts";
import { violationsOn } from "./axe.ts";
import { GALLERY } from "./gallery.ts";
import type { Preview } from "./preview.ts";
import { makeWorld, type World } from "./world.ts";

/**
 * Pictures of every page in every state, for developers who change a page, into the folder previews/:
 *
 *   npx node test/previews/previews.ts                          all of them, in English
 *   npx node test/previews/previews.ts password consent         those whose name begins so
 *   npx node test/previews/previews.ts password --language de   in another language
 *
 * Each is also judged by axe, and for what does not fit. What is found is printed, and then the exit code is 1.
 */
const PLACE = fileURLToPath(new URL("../../previews/", import.meta.url));

interface Finding {
  readonly picture: string;
  readonly rule: string;
  readonly help: string;
  readonly places: string;
}

const DESKTOP = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };

interface Asked {
  readonly prefixes: readonly string[];
  readonly language: Language;
}

function asked(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { language: { type: "string", default: "en" } },
  });
  const { language } = values;
  if (!isLanguage(language)) {
    throw new Error(`--language must be ${LANGUAGE_CHOICE}.`);
  }
  return { prefixes: positionals.length > 0 ? positionals : [""], language };
}

async function takeAll({ prefixes, language }: Asked): Promise<Finding[]> {
  const previews = GALLERY.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  if (previews.length === 0) {
    throw new Error(`No preview has a name that begins with ${prefixes.join(" or ")}.`);
  }
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE);
  const world = await makeWorld();
  const findings: Finding[] = [];
  for (const preview of previews) {
    findings.push(...(await takeOne(world, preview, language)));
  }
  await world.close();
  return findings;
}

async function takeOne(world: World, preview: Preview, language: Language): Promise<Finding[]> {
  const { context, page } = await openVisitor(await theBrowser(), { viewport: DESKTOP, locale: language });
  try {
    await preview.open(page, world);
    const desktop = await take(page, `${preview.name}.${language}.desktop`);
    await page.setViewportSize(NARROW);
    const narrow = await take(page, `${preview.name}.${language}.narrow`);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: "dark" });
    return [...desktop, ...narrow, ...(await take(page, `${preview.name}.${language}.dark`))];
  } finally {
    await context.close();
  }
}

async function take(page: Page, picture: string): Promise<Finding[]> {
  await page.screenshot({ path: join(PLACE, `${picture}.png`), fullPage: true, animations: "disabled" });
  const violations = await violationsOn(page);
  const misfits = await misfitsOn(page);
  return [
    ...violations.map(({ rule, help, places }) => ({ picture, rule, help, places: places.join("\n") })),
    ...misfits.map((places) => ({ picture, rule: "fit", help: "It is wider than its place", places })),
  ];
}

const findings = await takeAll(asked());
await closeBrowser();
await closeCluster();
if (findings.length === 0) {
  console.log(`No violations. The pictures are in ${PLACE}`);
} else {
  console.table(findings);
  process.exitCode = 1;
}
