/**
 * Runs the sources without Node's TypeScript compiler, which would remain in memory for the life of the process. The types
 * are taken out once, by a process of its own, and the copies are kept beside the packages: a world-writable directory is no place
 * for code. Each copy is named after a hash of its source, so an edited source never runs from an old copy. Without a copy Node
 * takes the types out itself, as it does when this file is not used.
 *
 * `node bin/plain-sources.js` makes the copies, `--import` of this file uses them.
 */
import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);
const COPIES = new URL("node_modules/.cache/plain/", ROOT);
/** What is copied. */
const SOURCES = ["src/", "migrations/", "demo/", "bench/", "knexfile.ts"];

/** Another Node may take out something else. */
const copyOf = (source) => new URL(`${hash("sha256", process.version + source)}.js`, COPIES);

/** Gives Node the copies. Those that lack are made when the first is missed. */
export function runPlainSources() {
  let isComplete = false;
  registerHooks({
    load(url, context, next) {
      if (!isSource(url)) {
        return next(url, context);
      }
      const copy = copyOf(readFileSync(new URL(url), "utf8"));
      if (!isComplete && read(copy) === null) {
        isComplete = true;
        spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { stdio: "ignore" });
      }
      const source = read(copy);
      return source === null ? next(url, context) : { format: "module", source, shortCircuit: true };
    },
  });
}

const isSource = (url) => SOURCES.some((name) => url.startsWith(ROOT.href + name)) && url.endsWith(".ts");

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Makes the copies that lack and removes those of earlier sources. */
function makeCopies() {
  mkdirSync(COPIES, { recursive: true });
  const before = new Set(readdirSync(COPIES).filter((name) => name.endsWith(".js")));
  for (const file of SOURCES.flatMap(filesOf)) {
    const source = readFileSync(file, "utf8");
    const copy = copyOf(source);
    if (!before.delete(copy.pathname.slice(COPIES.pathname.length))) {
      keep(copy, source);
    }
  }
  before.forEach((name) => rmSync(new URL(name, COPIES), { force: true }));
}

/** An image lacks some of them. */
function filesOf(name) {
  const place = new URL(name, ROOT);
  if (!statSync(place, { throwIfNoEntry: false })) {
    return [];
  }
  const names = name.endsWith("/") ? readdirSync(place, { recursive: true }) : [""];
  return names
    .map((file) => new URL(file.replaceAll("\\", "/"), place))
    .filter((file) => file.pathname.endsWith(".ts"));
}

/** Renamed into its place, so that another process never reads half of it. A source with a mistake is left for Node to report. */
function keep(copy, source) {
  try {
    const unfinished = new URL(`${copy.href}.${process.pid}`);
    writeFileSync(unfinished, stripTypeScriptTypes(source));
    renameSync(unfinished, copy);
  } catch (error) {
    if (
      error.code !== "ERR_INVALID_TYPESCRIPT_SYNTAX" &&
      error.code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
    ) {
      throw error;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  makeCopies();
} else {
  runPlainSources();
}
