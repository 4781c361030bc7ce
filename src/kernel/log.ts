import { hostname } from "node:os";
import { pino, type Logger, type LoggerOptions } from "pino";
import { codeOf } from "./errors.ts";
import { standardOutput } from "./log-output.ts";
import { traceIds } from "./trace-ids.ts";

export type Log = Logger;

/**
 * JSON lines on standard output. Fields that may hold a secret are redacted by name, as a second line of defence: callers must not
 * pass secrets at all. `processNumber`: which of several processes of one server this is.
 */
export function createLog(level: string, processNumber: number | null = null): Log {
  const output = standardOutput((lines) => {
    log.warn({ lines }, "lines of the log were lost: the output took none");
  });
  const log = pino(optionsOf(level, processNumber), output);
  return log;
}

function optionsOf(level: string, processNumber: number | null): LoggerOptions {
  return {
    level,
    // For log collectors that receive the lines of several servers.
    base: {
      ...{ host: hostname(), pid: process.pid },
      ...(processNumber === null ? {} : { process: processNumber }),
    },
    mixin: traceFields,
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
  };
}

/** Leads from a line to its trace; nothing while nothing is traced. */
function traceFields(): object {
  const ids = traceIds();
  return ids === null ? {} : { traceId: ids.traceId, spanId: ids.spanId };
}

/** Leaves out an error's enumerable fields, which can hold headers, queries and values. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) {
    return { message: "not an Error" };
  }
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { name: error.name, message: error.message, code: codeOf(error), stack: error.stack, ...cause };
}
