import { shareOf, type ProcessShare } from "../../platform/processes/process-share.ts";
import type { Settings } from "./settings.ts";

/**
 * The settings of one process of a server: its part of what they share, so that all together take what one alone would. Messages are
 * handed over by the first alone: it is started again when it ends, and the others serve meanwhile.
 */
export function settingsOfProcess(settings: Settings, share: ProcessShare): Settings {
  const { database, passwordHashing, messages } = settings;
  return {
    ...settings,
    share,
    database: { ...database, poolSize: shareOf(database.poolSize, share) },
    passwordHashing: {
      ...passwordHashing,
      concurrency: shareOf(passwordHashing.concurrency, share),
      queue: shareOf(passwordHashing.queue, share),
    },
    messages: { ...messages, workers: messages.workers && share.number === 1 },
  };
}
