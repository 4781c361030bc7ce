import { chromium, type Browser, type LaunchOptions } from "playwright-core";
import { unpackChromium, type UnpackedChromium } from "./chromium.ts";
import { hasRoomInMemory } from "./fast-directory.ts";
import { openHttpsSites, type HttpsSites } from "./https-sites.ts";

/** The one browser of a run, with the https sites that it can reach. */
export interface TestBrowser {
  readonly browser: Browser;
  readonly sites: HttpsSites;
}

let opened: Promise<TestBrowser> | null = null;

/** Starts it when the first suite asks. */
export function theBrowser(): Promise<TestBrowser> {
  opened ??= open();
  return opened;
}

export async function closeBrowser(): Promise<void> {
  const running = await opened?.catch(() => null);
  opened = null;
  await running?.browser.close();
  await running?.sites.close();
}

async function open(): Promise<TestBrowser> {
  const sites = await openHttpsSites();
  try {
    return { browser: await launchBrowser(stayHere(sites)), sites };
  } catch (error) {
    await sites.close();
    throw error;
  }
}

/** `.test` is this process, this machine is reachable, and there is nothing else. */
function stayHere({ port, fingerprint }: HttpsSites): string[] {
  const rules = `MAP *.test:443 127.0.0.1:${String(port)}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`;
  return [
    `--host-resolver-rules=${rules}`,
    `--ignore-certificate-errors-spki-list=${fingerprint}`,
    "--no-proxy-server",
    "--disable-gpu",
    // Software would stand in for the graphics card, which no page of ours needs.
    "--disable-software-rasterizer",
    // No process is started in advance for a page that may come next; sites share none for that.
    "--renderer-process-limit=1",
    "--no-pings",
    "--disable-domain-reliability",
  ];
}

/** A Chromium of its own, which the caller closes. */
export async function launchBrowser(args: readonly string[]): Promise<Browser> {
  const unpacked = await unpackChromium();
  return unpacked === null ? launchInstalled(args) : launchUnpacked(unpacked, args);
}

async function launchInstalled(args: readonly string[]): Promise<Browser> {
  try {
    return await chromium.launch({ ...unasked(), channel: "chrome", args: [...args] });
  } catch {
    const message = "The browser tests need Google Chrome: install it from https://www.google.com/chrome/";
    const error = new Error(message);
    // One line says it all: nobody has to read where in the tests it was found out.
    error.stack = message;
    throw error;
  }
}

async function launchUnpacked(unpacked: UnpackedChromium, args: readonly string[]): Promise<Browser> {
  const { program, libraries, fonts } = unpacked;
  const environment = { ...definedEnvironment(), FONTCONFIG_FILE: fonts };
  const options = (env: Record<string, string>): LaunchOptions => ({
    ...unasked(),
    executablePath: program,
    args: [...unpacked.args, ...args],
    env,
  });
  try {
    return await chromium.launch(options(environment));
  } catch (error) {
    // A machine without the libraries of a desktop: those that came along do, where there are none to clash with.
    if (!String(error).includes("error while loading shared libraries")) {
      throw error;
    }
    return chromium.launch(options({ ...environment, LD_LIBRARY_PATH: libraries }));
  }
}

/** The driver has a browser's processes share files of the disk, since Docker leaves little memory to share. */
const unasked = (): LaunchOptions =>
  hasRoomInMemory() ? { ignoreDefaultArgs: ["--disable-dev-shm-usage"] } : {};

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
