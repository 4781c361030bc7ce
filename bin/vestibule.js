#!/usr/bin/env node
/**
 * Finds a Node that can run Vestibule. This file alone is plain JavaScript that old versions can read too, so that they
 * say in one line what is missing instead of failing at syntax that they do not know.
 */
import { execFileSync, spawn } from "child_process";
import { existsSync, readFileSync, realpathSync } from "fs";
import { constants } from "os";
import { fileURLToPath } from "url";

/** The oldest Node that runs TypeScript without a flag and knows everything that Vestibule uses. */
const NEEDED = 24;

const own = Number(process.versions.node.split(".")[0]);
const packageName = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

if (own >= NEEDED) {
  // The same as the newer Node hears when this starter is gone.
  whenNpmIsGone(() => process.emit("disconnect"));
  keepCompiled()
    .then(() => import("../src/cli/vestibule.ts"))
    .catch(tellMissing);
} else {
  const newer = findNode();
  if (newer === null) {
    refuse();
  } else {
    runWith(newer);
  }
}

/**
 * Keeps what Node has made of the sources, so that the next start is quicker and needs some 30 MB less. Beside the
 * packages and not in a directory that everybody may write to: whoever writes there decides what runs.
 */
function keepCompiled() {
  const place = fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
  return import("module").then((module) => module.enableCompileCache(place));
}

/** A checkout without its packages is the one thing that goes wrong before the program itself can say so. */
function tellMissing(error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") {
    throw error;
  }
  console.error(`${error.message.split(" imported from ")[0]}: run "npm ci" first.`);
  process.exitCode = 1;
}

/** The Node that npm has installed beside the other dependencies. */
function findNode() {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const places = [`../node_modules/${packageName}/bin/node${suffix}`, `../node_modules/.bin/node${suffix}`];
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const itself = realpathSync(process.execPath);
  return files.find((file) => existsSync(file) && realpathSync(file) !== itself) || null;
}

function refuse() {
  const manifest = JSON.parse(
    readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"),
  );
  const what = manifest.optionalDependencies[packageName]
    ? `npm installs it as the optional dependency ${packageName}, which is not here: run "npm ci", or install Node ${NEEDED} or newer yourself.`
    : `npm installs it as an optional dependency where there is a package for the platform, and there is none for ${process.platform}-${process.arch}: install Node ${NEEDED} or newer yourself.`;
  console.error(
    `Vestibule needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}. ${what}`,
  );
  process.exitCode = 1;
}

/**
 * npm waits for what it runs. When it is killed, it cannot say so, and what it ran would go on without anybody who could
 * stop it. Other parents may leave: that is how a server is put into the background.
 */
function whenNpmIsGone(stop) {
  if (!/(^|[\s/\\])vestibule(\.js)?(\s|$)/.test(process.env.npm_lifecycle_script || "")) {
    return;
  }
  const parent = process.ppid;
  const npm = npmAbove(parent);
  const timer = setInterval(() => {
    if (process.ppid !== parent || !isRunning(npm)) {
      clearInterval(timer);
      stop();
    }
  }, 500);
  timer.unref();
}

/** npm runs scripts by a shell. Some shells give way to the one command that they have; others stay in between. */
function npmAbove(parent) {
  try {
    const [, name, above] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${parent}/stat`, "utf8"));
    return isShell(name) ? Number(above) : parent;
  } catch {
    return npmAboveByPs(parent);
  }
}

function npmAboveByPs(parent) {
  try {
    const said = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(parent)], { encoding: "utf8" });
    const [, above, name] = /^\s*(\d+)\s+(.*?)\s*$/.exec(said);
    return isShell(name) ? Number(above) : parent;
  } catch {
    // Windows: the shell is looked at instead.
    return parent;
  }
}

function isShell(name) {
  return /(^|[-/])(sh|dash|ash|bash|zsh|ksh|busybox)$/.test(name);
}

/** Windows keeps the number of a parent that is gone. */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

/** Does what this process was asked to do, and ends as it ends. */
function runWith(node) {
  // Whoever stops this process means the other one, which takes its time to stop politely. Heard before there is
  // another one: a signal that came in between would end this process alone.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  // The channel closes when this process is gone, however that came: the other one then stops by itself.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  whenNpmIsGone(() => {
    if (child.connected) {
      child.disconnect();
    }
  });
  child.on("error", (error) => {
    console.error(`${node} cannot be run here (${error.message}): install Node ${NEEDED} or newer yourself.`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}
