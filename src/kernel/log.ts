import { hostname } from "node:os";
import { pino, type Logger } from "pino";
import { codeOf } from "./errors.ts";

export type Log = Logger;

/**
 * JSON lines on standard output. What may hold a secret is cut out by name as a second line of defence;
 * the first is that nobody hands it over.
 */
export function createLog(level: string): Log {
  return pino({
    level,
    // Lines of several servers meet in one place.
    base: { host: hostname(), pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        "password",
        "code",
        "secret",
        "token",
        "cookie",
        "authorization",
        "*.password",
        "*.secret",
        "*.token",
      ],
      censor: "[secret]",
    },
    serializers: { error: describeError },
  });
}

/** What a log may say of an error: never its enumerable fields, which can hold headers, queries and values. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) {
    return { message: "not an Error" };
  }
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { name: error.name, message: error.message, code: codeOf(error), stack: error.stack, ...cause };
}
