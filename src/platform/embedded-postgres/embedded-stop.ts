import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../../kernel/errors.ts";
import { runCommand } from "./embedded-command.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { binariesIn, findNative } from "./embedded-native.ts";
import { hasPidFile, readServerState } from "./embedded-pid-file.ts";
import type { Place } from "./embedded-place.ts";
import { isRunning } from "./embedded-process.ts";

const POLL_MS = 20;
/** Two minutes: the last checkpoint may write a lot. */
const MAX_POLLS = 6000;
/** A second between the removal of postmaster.pid and the end of the process. */
const MAX_EXIT_POLLS = 50;

/**
 * Fast shutdown: ends open connections, writes everything to disk, and returns when the server has ended. `pid`: the server that this
 * process has used. After a crash, another process may have started a new one, which must keep running.
 */
export async function stopServer(place: Place, pid: number): Promise<void> {
  const state = await readServerState(place);
  if (state.type !== "running" || state.pid !== pid) {
    return;
  }
  await requestStop(place, pid);
  let exitPolls = 0;
  for (let attempt = 0; attempt < MAX_POLLS && exitPolls < MAX_EXIT_POLLS; attempt += 1) {
    if (!(await isRunning(pid))) {
      return;
    }
    exitPolls = (await hasPidFile(place)) ? 0 : exitPolls + 1;
    await sleep(POLL_MS);
  }
  if (exitPolls < MAX_EXIT_POLLS) {
    throw new EmbeddedDatabaseError(`PostgreSQL (process ${pid}) does not stop: see ${place.log}.`);
  }
}

async function requestStop(place: Place, pid: number): Promise<void> {
  if (process.platform === "win32") {
    const { pgCtl } = binariesIn(findNative());
    const args = ["stop", "-D", place.cluster, "-m", "fast", "-W"];
    await runCommand(pgCtl, args, { cwd: place.cluster, account: null });
    return;
  }
  try {
    process.kill(pid, "SIGINT");
  } catch (error) {
    if (codeOf(error) !== "ESRCH") {
      throw new EmbeddedDatabaseError(
        `PostgreSQL (process ${pid}) belongs to another user, who must stop it.`,
        {
          cause: error,
        },
      );
    }
  }
}
