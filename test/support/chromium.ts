import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A browser's program that came with `npm ci`, unpacked, with the libraries and the fonts that a bare machine lacks. */
export interface UnpackedChromium {
  readonly program: string;
  readonly args: readonly string[];
  readonly libraries: string;
  /** Configuration for fontconfig: every machine draws the same letters. */
  readonly fonts: string;
}

const PACKAGE = "@sparticuz/chromium";
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));

/** Unpacks the Chromium for Linux x64 once; null where there is none. */
export async function unpackChromium(): Promise<UnpackedChromium | null> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return null;
  }
  const chromium = await import("@sparticuz/chromium").catch(() => null);
  if (chromium === null) {
    return null;
  }
  const place = join(CACHE, `chromium-${version()}`);
  if (!isWhole(place)) {
    await unpackInto(place);
  }
  return {
    program: join(place, "chromium"),
    args: chromium.default.args.filter((arg) => !UNWANTED.test(arg)),
    libraries: join(place, "al2023/lib"),
    fonts: join(place, "fonts.conf"),
  };
}

/**
 * What suits a short-lived function in a cloud, and would switch off what these tests are about; and the drawing by
 * a graphics card that is not there, which makes every window but the first wait for seconds.
 */
const UNWANTED = new RegExp(
  `^--(${[
    "single-process",
    "no-zygote",
    "headless",
    "(en|dis)able-features",
    "allow-running-insecure-content",
    "disable-site-isolation-trials",
    "disable-web-security",
    "ignore-gpu-blocklist",
    "in-process-gpu",
    "use-(gl|angle)",
    "enable-unsafe-swiftshader",
  ].join("|")})\\b`,
);

function version(): string {
  const file = new URL(`../../node_modules/${PACKAGE}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/**
 * The package unpacks into the temporary directory, no matter who put a program of that name there before. A directory of
 * our own, put in place in one move, is neither half full nor another user's.
 */
async function unpackInto(place: string): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const temporary = mkdtempSync(join(CACHE, "chromium-"));
  const program = `await (await import("${PACKAGE}")).default.executablePath();`;
  // As in the cloud that the package was made for: then it brings its libraries as well.
  const env = { PATH: process.env["PATH"], TMPDIR: temporary, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env,
  });
  writeFileSync(join(temporary, "fonts.conf"), fontsConfiguration(place));
  if (!isWhole(place)) {
    rmSync(place, { recursive: true, force: true });
  }
  try {
    renameSync(temporary, place);
  } catch (error) {
    // Another run was faster.
    rmSync(temporary, { recursive: true, force: true });
    if (!isWhole(place)) {
      throw error;
    }
  }
}

const isWhole = (place: string) => existsSync(join(place, "fonts.conf"));

const alias = (family: string, preferred: string) =>
  `<alias binding="same"><family>${family}</family><prefer><family>${preferred}</family></prefer></alias>`;

const fontsConfiguration = (place: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${place}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${place}/fonts-cache</cachedir>
  ${alias("system-ui", "Open Sans")}
  ${alias("sans-serif", "Open Sans")}
  ${alias("monospace", "DejaVu Sans Mono")}
</fontconfig>
`;
