import { randomBetween } from "../../kernel/random.ts";
import { ChannelListening, type ListeningDeps } from "./listening.ts";

/** A mark in the database that a process is connected: a lock, which PostgreSQL gives up when its connection ends, however it ends. */
export interface Presence {
  /** The number of the mark; null while there is none. A connection that is made anew has another number. */
  key(): number | null;
}

/** For a process that leaves no mark. */
export const UNMARKED: Presence = { key: () => null };

/** Numbers of PostgreSQL's type integer. */
const MOST_KEY = 2 ** 31 - 1;

/**
 * Marks this process on a connection of its own, for as long as the connection lasts; then again with another number. What was done
 * under the number before is over: others may have seen that it ended. `gone_webhook_workers` looks for the lock.
 */
export function presenceOn(deps: ListeningDeps): {
  readonly presence: Presence;
  readonly on: ChannelListening;
} {
  let [next, held]: [number, number | null] = [0, null];
  const lock = (): string => {
    next = randomBetween(1, MOST_KEY);
    return `select pg_advisory_lock(hashtext('vestibule workers'), ${String(next)})`;
  };
  const on = new ChannelListening(deps, lock, {
    notified: () => undefined,
    connected: () => {
      held = next;
    },
    disconnected: () => {
      held = null;
    },
  });
  return { presence: { key: () => held }, on };
}
