#!/usr/bin/env node
/**
 * Finds a Node that can run Vestibule. Only this file is plain JavaScript that old versions can parse, so that they
 * report in one line what is missing instead of a syntax error.
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
  // The same event as in the newer Node when this starter is gone.
  whenNpmIsGone(() => process.emit("disconnect"));
  keepCompiled()
    .then(() => import("../src/cli/vestibule.ts"))
    .catch(reportMissing);
} else {
  const newer = findNode();
  if (newer === null) {
    refuse();
  } else {
    runWith(newer);
  }
}

/**
 * Caches the compiled sources, so that the next start is faster and needs some 30 MB less. The cache is beside the
 * packages and not in a world-writable directory, where another user of the machine could plant code.
 */
function keepCompiled() {
  const place = fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
  return import("module").then((module) => module.enableCompileCache(place));
}

/** A checkout without its packages fails before the program itself can report it. */
function reportMissing(error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") {
    throw error;
  }
  console.error(`${error.message.split(" imported from ")[0]}: run "npm ci" first.`);
  process.exitCode = 1;
}

/** The Node that npm has installed with the other dependencies. */
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
 * npm waits for the command that it runs. When npm is killed, its command would go on as an orphan that Ctrl-C does not
 * reach. Other parents may exit: that is how a server is put into the background.
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

/** npm runs scripts in a shell. Some shells replace themselves with a single command; others remain as its parent. */
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
    // Windows: watch the shell instead.
    return parent;
  }
}

function isShell(name) {
  return /(^|[-/])(sh|dash|ash|bash|zsh|ksh|busybox)$/.test(name);
}

/** Windows keeps the process id of a parent that has exited. */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

/** Runs the command with the given Node, and exits with its exit code. */
function runWith(node) {
  // Signals are for the child, which needs time to stop cleanly. The handlers are added before the child exists, because
  // a signal in between would end this process and leave the child.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  // The channel closes when this process is gone, even when it was killed: the child then stops by itself.
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
