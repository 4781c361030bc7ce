import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { Context } from "./context.ts";

/** A file that is written while it is sent, in memory that does not grow with it. */
export interface Download {
  /** Letters, digits, `.`, `-` and `_`. */
  readonly name: string;
  readonly type: "text/csv; charset=utf-8" | "application/jsonl; charset=utf-8" | "application/zip";
  /** Waits for `sink`, which waits for the reader; ends with an error when that one has gone. */
  readonly write: (sink: (piece: string | Buffer) => Promise<void>) => Promise<unknown>;
}

/** Answers with a file. What fails on the way breaks the answer off, so that nobody takes a part for the whole. */
export function sendDownload(ctx: Context, { name, type, write }: Download): void {
  const stream = new PassThrough();
  ctx.status = 200;
  ctx.attachment(name);
  ctx.type = type;
  ctx.body = stream;
  write((piece) => writeWithBackpressure(stream, piece)).then(
    () => stream.end(),
    (error: unknown) => {
      stream.destroy();
      ctx.res.destroy();
      ctx.app.emit("error", error, ctx);
    },
  );
}

async function writeWithBackpressure(stream: PassThrough, piece: string | Buffer): Promise<void> {
  if (stream.destroyed) {
    throw new ClientGone();
  }
  if (stream.write(piece)) {
    return;
  }
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([once(stream, "drain", { signal }), throwOnClose(stream, signal)]);
  } finally {
    waiting.abort();
  }
}

async function throwOnClose(stream: PassThrough, signal: AbortSignal): Promise<void> {
  await once(stream, "close", { signal });
  throw new ClientGone();
}

class ClientGone extends Error {
  constructor() {
    super("Whoever asked for the file has gone.");
  }
}
