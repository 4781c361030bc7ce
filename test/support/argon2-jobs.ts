import { createHook } from "node:async_hooks";

/** Argon2 derivations of this process while a test watches. */
export interface Argon2Jobs {
  /** How many have begun. */
  readonly begun: number;
  /** The most that ran at the same moment. */
  readonly most: number;
  stop(): void;
}

/** Counts the native jobs themselves, so that a test sees the work that was done and not what a class says of it. */
export function watchArgon2(): Argon2Jobs {
  const running = new Set<number>();
  let begun = 0;
  let most = 0;
  const hook = createHook({
    init(id, type) {
      if (type === "argon2:HashWorker") {
        running.add(id);
        begun += 1;
        most = Math.max(most, running.size);
      }
    },
    after(id) {
      running.delete(id);
    },
  }).enable();
  return {
    get begun() {
      return begun;
    },
    get most() {
      return most;
    },
    stop: () => {
      hook.disable();
    },
  };
}

/** How many derivations `work` costs, with what it answers. */
export async function countArgon2<T>(work: () => Promise<T>): Promise<{ answer: T; jobs: number }> {
  const watch = watchArgon2();
  try {
    const answer = await work();
    return { answer, jobs: watch.begun };
  } finally {
    watch.stop();
  }
}
