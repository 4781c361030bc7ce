import { createHook } from "node:async_hooks";

/** The native jobs of each library that derives something from a password. */
const JOBS: Readonly<Record<string, string>> = {
  "argon2:HashWorker": "argon2",
  "bcrypt:CompareAsyncWorker": "bcrypt",
  PBKDF2REQUEST: "pbkdf2",
  SCRYPTREQUEST: "scrypt",
};

export interface HashingJobs<T> {
  readonly answer: T;
  /** The kind of each derivation, in the order in which they began. */
  readonly kinds: readonly string[];
  /** The most that ran at the same moment. */
  readonly most: number;
}

/** Watches the native jobs themselves, which run in threads: what is done on the main thread has none. */
export async function watchHashing<T>(work: () => Promise<T>): Promise<HashingJobs<T>> {
  const running = new Set<number>();
  const kinds: string[] = [];
  let most = 0;
  const hook = createHook({
    init(id, type) {
      const kind = JOBS[type];
      if (kind !== undefined) {
        running.add(id);
        kinds.push(kind);
        most = Math.max(most, running.size);
      }
    },
    after(id) {
      running.delete(id);
    },
  }).enable();
  try {
    const answer = await work();
    return { answer, kinds, most };
  } finally {
    hook.disable();
  }
}
