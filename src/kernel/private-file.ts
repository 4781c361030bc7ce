import type { Stats } from "node:fs";

/** The user that reads a file, as the operating system counts: effective user and every group. */
export interface Reader {
  readonly uid: number;
  readonly groups: readonly number[];
}

/** Who else may read a file that is meant for one program alone, and what to type against it. */
export interface Exposure {
  readonly problem: string;
  readonly advice: (file: string) => string;
}

/** This process; null on Windows, where files have no such mode. */
export function currentReader(): Reader | null {
  const uid = process.geteuid?.();
  const gid = process.getegid?.();
  return uid === undefined || gid === undefined
    ? null
    : { uid, groups: [gid, ...(process.getgroups?.() ?? [])] };
}

/**
 * What is wrong with who may read or change a file of secrets; null when it is the reader, root, and the reader's own
 * group for reading (decision 0042). Lists of access (ACL) are not looked at.
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

/** Root looks at files that are another user's to serve with: it cannot tell which owner and group are meant. */
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
