import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { placeOf } from "../../support/example.ts";
import { Unavailable } from "./client.ts";
import { lastLines, startProgram, type Start } from "./program.ts";

/** Where clients are installed and built: outside of the project, and kept for the next run. */
const CACHE = process.env["VESTIBULE_CLIENTS_CACHE"] ?? join(homedir(), ".cache", "vestibule-clients");

/** One core, and that one after everybody else: builds take minutes. */
const SPARING = { GOMAXPROCS: "1", CARGO_BUILD_JOBS: "1", MAVEN_OPTS: "-XX:ActiveProcessorCount=1" };

/** A folder of the cache, made when it lacks. */
function cached(...names: readonly string[]): string {
  const place = join(CACHE, ...names);
  mkdirSync(place, { recursive: true });
  return place;
}

/** The folder of a client's application. */
export const applicationOf = (name: string): string => placeOf(`test/clients/${name}`);

/** Runs a command to its end; throws Unavailable with its last lines when it fails or is not there. */
async function install(command: readonly string[], { cwd, environment }: Start = {}): Promise<void> {
  console.log(`  ${command.join(" ")}`);
  const program = startProgram(["nice", "-n", "10", ...command], {
    ...(cwd === undefined ? {} : { cwd }),
    environment: { ...SPARING, ...environment },
  });
  if ((await program.ended()) !== 0) {
    throw new Unavailable(`${command[0] ?? ""}: ${faultOf(program.said())}`);
  }
}

/** What a tool says of its failure: Maven and cargo begin such lines with a word, others end with it. */
function faultOf(said: string): string {
  const errors = said.split("\n").filter((line) => /^(\[ERROR\]|error)/i.test(line));
  return errors.length === 0 ? lastLines(said, 3) : errors.slice(0, 2).join(" ");
}

/** Does work once for each content of some files, so that a changed version installs anew. */
async function once(place: string, files: readonly string[], work: () => Promise<void>): Promise<void> {
  const hashed = createHash("sha256");
  files.forEach((file) => hashed.update(readFileSync(file)));
  const hash = hashed.digest("hex");
  const mark = join(place, ".installed");
  if (existsSync(mark) && readFileSync(mark, "utf8") === hash) {
    return;
  }
  await work();
  writeFileSync(mark, hash);
}

/** A virtual environment with the application's requirements.txt; answers its Python. */
export async function python(name: string): Promise<string> {
  const place = cached("python", name);
  const requirements = join(applicationOf(name), "requirements.txt");
  const program = join(place, "bin", "python");
  await once(place, [requirements], async () => {
    await install(["python3", "-m", "venv", place]);
    await install([program, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements]);
  });
  return program;
}

/** A program of the Go module proxy, or one that is installed already: some are not served as modules. */
export async function go(module: string, name: string): Promise<void> {
  if (programNamed(name) === null) {
    await install(["go", "install", "-p=1", module], { environment: { GOBIN: cached("bin") } });
  }
}

/** A program that no registry has as a package: it has to be installed. */
export function installed(name: string, from: string): Promise<void> {
  return programNamed(name) === null
    ? Promise.reject(
        new Unavailable(`${name} is not installed (${from}): put it on PATH or into ${cached("bin")}`),
      )
    : Promise.resolve();
}

/** Where a program is: in the cache or on PATH. */
export function programNamed(name: string): string | null {
  const places = [join(CACHE, "bin"), ...(process.env["PATH"] ?? "").split(delimiter)];
  return places.map((place) => join(place, name)).find((file) => existsSync(file)) ?? null;
}

/** The application's crate, built; answers the program. */
export async function cargo(name: string): Promise<string> {
  const target = cached("cargo", name);
  const manifest = join(applicationOf(name), "Cargo.toml");
  await install([
    "cargo",
    "build",
    "--quiet",
    "--locked",
    "--manifest-path",
    manifest,
    "--target-dir",
    target,
  ]);
  return join(target, "debug", name);
}

/** The application's Maven project, built in the cache; answers that folder. */
export async function maven(name: string, place: string, properties: readonly string[]): Promise<string> {
  const built = cached("maven", place);
  cpSync(applicationOf(name), built, { recursive: true });
  const files = readdirSync(applicationOf(name), { recursive: true, withFileTypes: true });
  const sources = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  await once(built, sources, () =>
    install(["mvn", "-q", "-B", "-T1", "package", ...properties], { cwd: built }),
  );
  return built;
}

/** A file of Maven Central, unpacked into the cache; answers that folder. */
export async function mavenDistribution(artifact: string, place: string): Promise<string> {
  const unpacked = cached("maven", place);
  const mark = join(unpacked, ".installed");
  if (!existsSync(mark)) {
    const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:unpack";
    await install(["mvn", "-q", "-B", plugin, `-Dartifact=${artifact}`, `-DoutputDirectory=${unpacked}`], {
      // It leaves marks in the folder that it is called in.
      cwd: unpacked,
    });
    writeFileSync(mark, artifact);
  }
  return unpacked;
}

/** The application's npm packages, installed in the cache, with the application beside them; answers that folder. */
export async function npm(name: string): Promise<string> {
  const place = cached("npm", name);
  cpSync(applicationOf(name), place, { recursive: true });
  await once(place, [join(place, "package.json")], () =>
    install(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: place }),
  );
  return place;
}
