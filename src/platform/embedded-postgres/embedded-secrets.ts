import { link, open, readFile, rename, rm } from "node:fs/promises";
import { z } from "zod";
import { codeOf } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import { EmbeddedDatabaseError, fileFault } from "./embedded-error.ts";
import { giveToOwner, syncDirectory, type Place } from "./embedded-place.ts";

/** The passwords of the two roles: one owns and migrates the tables, the application uses the other. */
export interface Secrets {
  owner: string;
  application: string;
}

export const OWNER_ROLE = "vestibule_owner";
export const APPLICATION_ROLE = "vestibule_app";
export const DATABASE = "vestibule";

const Content = z.object({ [OWNER_ROLE]: z.string().min(1), [APPLICATION_ROLE]: z.string().min(1) });

/** Null when there are none yet. */
async function findSecrets(place: Place): Promise<Secrets | null> {
  const text = await readSecrets(place);
  if (text === null) {
    return null;
  }
  try {
    const content = Content.parse(JSON.parse(text));
    return { owner: content[OWNER_ROLE], application: content[APPLICATION_ROLE] };
  } catch (error) {
    throw new EmbeddedDatabaseError(`${place.secrets} is damaged: restore it from a backup.`, {
      cause: error,
    });
  }
}

/** For an existing cluster, which cannot be used without them. */
export async function getSecrets(place: Place): Promise<Secrets> {
  const secrets = await findSecrets(place);
  if (secrets === null) {
    throw new EmbeddedDatabaseError(
      `${place.secrets} with the passwords of the database in ${place.cluster} is missing: restore it from a backup.`,
    );
  }
  return secrets;
}

/** Written before the cluster is created, so that the next start can continue after an interruption. */
export async function findOrAddSecrets(place: Place): Promise<Secrets> {
  const existing = await findSecrets(place);
  if (existing !== null) {
    return existing;
  }
  const content = { [OWNER_ROLE]: randomToken(), [APPLICATION_ROLE]: randomToken() };
  try {
    await publish(place, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    throw fileFault(`${place.secrets} cannot be written`, error);
  }
  return getSecrets(place);
}

async function readSecrets(place: Place): Promise<string | null> {
  try {
    return await readFile(place.secrets, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return null;
    }
    throw fileFault(`${place.secrets} cannot be read`, error);
  }
}

/** Writes the file atomically, and never replaces passwords that are in use. */
async function publish(place: Place, text: string): Promise<void> {
  const draft = `${place.secrets}.new-${randomToken(6)}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await giveToOwner(file, place);
      await file.sync();
    } finally {
      await file.close();
    }
    await putInPlace(draft, place.secrets);
    await syncDirectory(place.dataDir);
  } finally {
    await rm(draft, { force: true });
  }
}

async function putInPlace(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") {
      return;
    }
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") {
      throw error;
    }
    // A file system without hard links (exFAT, some shares): only the start lock prevents a race.
    await rename(draft, target);
  }
}
