import { pino } from "pino";
import type { Log } from "../../src/kernel/log.ts";

/** A line of the log, as an operator reads it. */
export interface LogLine {
  readonly level: string;
  readonly msg?: string;
  readonly requestId?: string | null;
  readonly [field: string]: unknown;
}

/** Collects what a server of this process logs from now on, instead of printing it. */
export function captureLog(log: Log, level = "info"): LogLine[] {
  const lines: LogLine[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line) as LogLine) };
  Object.assign(log, { [pino.symbols.streamSym]: stream });
  log.level = level;
  return lines;
}
