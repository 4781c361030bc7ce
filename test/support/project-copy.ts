import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, matchesGlob, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf } from "../../src/kernel/errors.ts";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Whether `COPY` of the Dockerfile takes a file, a path of the project: everything but what `.dockerignore` names. */
export const imageTakes = leavingOut(readFileSync(join(PROJECT, ".dockerignore"), "utf8"));

/** Copies what `COPY` takes of these names. */
export function copyAsTheImageDoes(to: string, names: readonly string[] = readdirSync(PROJECT)): void {
  for (const name of names.filter(imageTakes)) {
    cpSync(join(PROJECT, name), join(to, name), {
      recursive: true,
      filter: (file) => imageTakes(file.slice(PROJECT.length).split(sep).join("/")),
    });
  }
}

/** Docker's rules as far as the file uses them: a pattern leaves out what it names, at the root, with everything below. */
function leavingOut(text: string): (path: string) => boolean {
  const patterns = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const unknown = patterns.find((pattern) => pattern.startsWith("!"));
  if (unknown !== undefined) {
    throw new Error(`The copy does not know the exception ${unknown}.`);
  }
  return (path) => {
    const parts = path.split("/");
    const above = parts.map((_, place) => parts.slice(0, place + 1).join("/"));
    return !above.some((each) => patterns.some((pattern) => matchesGlob(each, pattern)));
  };
}

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
}

/**
 * What `npm ci --omit=dev --omit=optional` installs, by the lock file, as hard links of what is installed here: no registry is
 * asked. Answers the places of the packages.
 */
export function installProductionPackages(to: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const places = Object.entries(packages).filter(
    ([place, { dev, optional, devOptional }]) =>
      place.startsWith("node_modules/") && dev !== true && optional !== true && devOptional !== true,
  );
  for (const [place, { link, resolved }] of places) {
    if (link === true) {
      mkdirSync(dirname(join(to, place)), { recursive: true });
      symlinkSync(join(to, resolved ?? ""), join(to, place), "junction");
    } else {
      linkFolder(join(PROJECT, place), join(to, place));
    }
  }
  return places.map(([place]) => place);
}

/** Packages below a package have a line of their own in the lock file. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== "node_modules") {
      linkFolder(join(from, entry.name), join(to, entry.name));
    } else if (entry.isFile()) {
      linkOrCopy(join(from, entry.name), join(to, entry.name));
    }
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // The temporary directory is on another disk.
    if (codeOf(error) !== "EXDEV") {
      throw error;
    }
    cpSync(from, to);
  }
}
