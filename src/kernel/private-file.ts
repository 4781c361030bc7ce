import type { Stats } from "node:fs";

/** The operating system's identity of a process that reads a file: effective user and all groups. */
export interface Reader {
  readonly uid: number;
  readonly groups: readonly number[];
}

/** Unsafe permissions of a secret file, and the command that corrects them. */
export interface Exposure {
  readonly problem: string;
  readonly advice: (file: string) => string;
}

/** The identity of this process; null on Windows, where files have no mode. */
export function currentReader(): Reader | null {
  const uid = process.geteuid?.();
  const gid = process.getegid?.();
  return uid === undefined || gid === undefined
    ? null
    : { uid, groups: [gid, ...(process.getgroups?.() ?? [])] };
}

/**
 * Checks who may read or change a secret file. Null when that is the reader, root and, for reading, the reader's own group
 * (decision 0042). Access control lists are not checked.
 */
export function exposureOf(
  { mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">,
  reader: Reader | null,
): Exposure | null {
  if (reader === null) {
    return null;
  }
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & 0o007) !== 0) {
    return { problem: `can be read by others (mode ${shown})`, advice: (file) => `chmod o= ${file}` };
  }
  if ((mode & 0o020) !== 0) {
    return { problem: `can be changed by its group (mode ${shown})`, advice: (file) => `chmod g-w ${file}` };
  }
  return reader.uid === 0 ? null : exposureToOwner({ mode, uid, gid }, { ...reader, shown });
}

/** Not checked for root: it inspects files of the server's account and does not know which account that is. */
function exposureToOwner(
  { mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">,
  { uid: own, groups, shown }: Reader & { readonly shown: string },
): Exposure | null {
  if (uid !== own && uid !== 0) {
    return {
      problem: `belongs to another user (${String(uid)})`,
      advice: (file) => `chown ${String(own)} ${file}`,
    };
  }
  const isOwnGroup = gid === 0 || groups.includes(gid);
  return (mode & 0o040) !== 0 && !isOwnGroup
    ? {
        problem: `can be read by a group (${String(gid)}) that is not the server's (mode ${shown})`,
        advice: (file) => `chmod g= ${file}`,
      }
    : null;
}
