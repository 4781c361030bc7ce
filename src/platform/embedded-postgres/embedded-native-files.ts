import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** A file of the installation, with its path relative to it. */
export interface NativeFile {
  path: string;
  mode: number;
}

/** All files that a server needs, without those for building extensions. */
export async function listFiles(native: string): Promise<NativeFile[]> {
  const found = await readdir(native, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".a"))
    .map((entry) => relative(native, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(?:include|lib\/pkgconfig|lib\/postgresql\/pgxs)\//.test(path))
    .toSorted();
  return Promise.all(
    paths.map(async (path) => {
      const { mode } = await lstat(join(native, path));
      return { path, mode };
    }),
  );
}

/**
 * Whether all users can run the programs. Checks the permissions for others only; where a group or an access control list would
 * allow the account, an unnecessary copy is made, which does no harm.
 */
export async function isOpenToAll(native: string): Promise<boolean> {
  const real = await realpath(native);
  const above = await modesOf(ancestors(real));
  return above.every((mode) => (mode & 0o001) !== 0) && isOpenWithin(real);
}

export async function isOpenWithin(native: string): Promise<boolean> {
  const found = await readdir(native, { recursive: true, withFileTypes: true });
  const inside = found.filter((entry) => entry.isDirectory());
  const directories = await modesOf([
    native,
    ...inside.map(({ parentPath, name }) => join(parentPath, name)),
  ]);
  const files = await listFiles(native);
  return (
    directories.every((mode) => (mode & 0o005) === 0o005) && files.every(({ mode }) => (mode & 0o004) !== 0)
  );
}

/** The directory and all its parents. */
export function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}

const modesOf = (paths: readonly string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await stat(path)).mode));
