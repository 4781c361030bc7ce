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

/**
 * How a server runs, which stays and should need little memory. V8 gives back what the start has needed when it is asked to
 * (src/platform/processes/settled-memory.ts). glibc would keep the 19 MB of a password's hash once for each of four threads:
 * in one arena that is never trimmed, as many remain as are hashed at the same time, and no hash waits for new pages.
 */
const SERVER_FLAGS = ["--expose-gc"];
const SERVER_ENVIRONMENT = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "33554432",
  MALLOC_TRIM_THRESHOLD_: "134217728",
};

if (own >= NEEDED) {
  runAsServer();
  // The same event as in the newer Node when this starter is gone.
  whenNpmIsGone(() => process.emit("disconnect"));
  prepare()
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
 * Every command runs sources without their types. A short command also keeps what was compiled, so that the next one is
 * faster; a server does not, because Node holds all of that in memory, 10 MB for a tenth of a second.
 */
function prepare() {
  const place = fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
  return import("./plain-sources.js")
    .then(() => import("module"))
    .then((module) => (isServer() ? null : module.enableCompileCache(place)));
}

/** Whether the process stays. */
function isServer() {
  return process.argv[2] === "start" || process.argv[2] === "worker";
}

/**
 * Flags and environment are read when a process begins, so the server begins again in the same process. One with a channel to
 * its parent got them from there. Windows cannot do this, and needs more memory.
 */
function runAsServer() {
  const isReady = process.execArgv.includes(SERVER_FLAGS[0]) || process.connected;
  if (isServer() && !isReady && process.platform !== "win32" && process.execve) {
    const words = [process.execPath, ...SERVER_FLAGS, ...process.execArgv, ...process.argv.slice(1)];
    process.execve(process.execPath, words, environmentOfServer());
  }
}

/** What the operator has set counts more. */
function environmentOfServer() {
  return { ...SERVER_ENVIRONMENT, ...process.env };
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
  const words = [
    ...(isServer() ? SERVER_FLAGS : []),
    fileURLToPath(import.meta.url),
    ...process.argv.slice(2),
  ];
  const child = spawn(node, words, {
    env: isServer() ? environmentOfServer() : process.env,
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
