import { Readings, Signal } from "../../kernel/signal.ts";

/** A connection was asked for: how long that took, also where there was none in the end. */
export const poolTurn = new Signal<{ readonly pool: string; readonly waitedMs: number }>();

/** Connections of each open pool, and who waits for one. */
export const poolLoad = new Readings<{
  readonly pool: string;
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
  readonly size: number;
}>();
