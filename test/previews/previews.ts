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
 *   npx node test/previews/previews.ts --size tablet            at one of its sizes alone
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

/** A desk, a tablet held upright, a phone, and a desk at night. */
const SIZES = {
  desktop: { viewport: DESKTOP, colorScheme: "light" },
  tablet: { viewport: { width: 768, height: 1024 }, colorScheme: "light" },
  narrow: { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  dark: { viewport: DESKTOP, colorScheme: "dark" },
} as const;

type Size = keyof typeof SIZES;

const isSize = (name: string): name is Size => name in SIZES;

interface Asked {
  readonly prefixes: readonly string[];
  readonly language: Language;
  readonly sizes: readonly Size[];
}

function asked(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      language: { type: "string", default: "en" },
      size: { type: "string", multiple: true, default: Object.keys(SIZES) },
    },
  });
  const { language, size } = values;
  if (!isLanguage(language)) {
    throw new Error(`--language must be ${LANGUAGE_CHOICE}.`);
  }
  const sizes = size.filter(isSize);
  if (sizes.length < size.length) {
    throw new Error(`--size must be one of ${Object.keys(SIZES).join(", ")}.`);
  }
  return { prefixes: positionals.length > 0 ? positionals : [""], language, sizes };
}

async function takeAll({ prefixes, language, sizes }: Asked): Promise<Finding[]> {
  const previews = GALLERY.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  if (previews.length === 0) {
    throw new Error(`No preview has a name that begins with ${prefixes.join(" or ")}.`);
  }
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE);
  const world = await makeWorld();
  const findings: Finding[] = [];
  for (const preview of previews) {
    findings.push(...(await takeOne(world, preview, { language, sizes })));
  }
  await world.close();
  return findings;
}

async function takeOne(
  world: World,
  preview: Preview,
  { language, sizes }: Omit<Asked, "prefixes">,
): Promise<Finding[]> {
  const { context, page } = await openVisitor(await theBrowser(), { viewport: DESKTOP, locale: language });
  const findings: Finding[] = [];
  try {
    await preview.open(page, world);
    for (const size of sizes) {
      await page.setViewportSize(SIZES[size].viewport);
      await page.emulateMedia({ colorScheme: SIZES[size].colorScheme });
      findings.push(...(await take(page, `${preview.name}.${language}.${size}`)));
    }
    return findings;
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
