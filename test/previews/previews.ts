import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { closeBrowser, theBrowser } from "../support/browser.ts";
import { closeCluster } from "../support/database.ts";
import { openVisitor } from "../support/visitors.ts";
import { violationsOn } from "./axe.ts";
import { GALLERY } from "./gallery.ts";
import type { Preview } from "./preview.ts";
import { makeWorld, type World } from "./world.ts";

/**
 * Pictures of every page in every state, for whoever changes a page, into the folder previews/:
 *
 *   npx node test/previews/previews.ts            all of them
 *   npx node test/previews/previews.ts password   those whose name begins so
 *
 * Each is also judged by axe. What it finds is printed, and then the exit code is 1.
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

async function takeAll(wanted: string): Promise<Finding[]> {
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE);
  const world = await makeWorld();
  const findings: Finding[] = [];
  for (const preview of GALLERY.filter(({ name }) => name.startsWith(wanted))) {
    findings.push(...(await takeEnglish(world, preview)), ...(await takeDutch(world, preview)));
  }
  await world.close();
  return findings;
}

function takeEnglish(world: World, preview: Preview): Promise<Finding[]> {
  return inWindow({}, async (page) => {
    await preview.open(page, world);
    const desktop = await take(page, `${preview.name}.desktop`);
    await page.setViewportSize(NARROW);
    const narrow = await take(page, `${preview.name}.narrow`);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: "dark" });
    return [...desktop, ...narrow, ...(await take(page, `${preview.name}.dark`))];
  });
}

function takeDutch(world: World, preview: Preview): Promise<Finding[]> {
  return inWindow({ locale: "nl-NL" }, async (page) => {
    await preview.open(page, world);
    return take(page, `${preview.name}.dutch`);
  });
}

async function inWindow(
  options: BrowserContextOptions,
  work: (page: Page) => Promise<Finding[]>,
): Promise<Finding[]> {
  const { context, page } = await openVisitor(await theBrowser(), { viewport: DESKTOP, ...options });
  try {
    return await work(page);
  } finally {
    await context.close();
  }
}

async function take(page: Page, picture: string): Promise<Finding[]> {
  await page.screenshot({ path: join(PLACE, `${picture}.png`), fullPage: true, animations: "disabled" });
  const violations = await violationsOn(page);
  return violations.map(({ rule, help, places }) => ({ picture, rule, help, places: places.join("\n") }));
}

const findings = await takeAll(process.argv[2] ?? "");
await closeBrowser();
await closeCluster();
if (findings.length === 0) {
  console.log(`No violations. The pictures are in ${PLACE}`);
} else {
  console.table(findings);
  process.exitCode = 1;
}
