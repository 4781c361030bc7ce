import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** One file of the programs, its path relative to their directory. */
export interface NativeFile {
  path: string;
  mode: number;
}

/** What a server needs; not what is only for building extensions. */
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
 * Judged by the permissions for everybody alone. That may say no where a group or an access list would let the
 * account in; then a copy is made needlessly, which harms nobody.
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

/** The directory itself and everything above it. */
export function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}

const modesOf = (paths: readonly string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await stat(path)).mode));
