import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { Context } from "./context.ts";
import { plainFileName } from "./header-values.ts";

/** A file that is generated while it is sent, so that memory does not grow with its size. */
export interface Download {
  /** Letters, digits, `.`, `-` and `_`; others are replaced. */
  readonly name: string;
  readonly type:
    | "text/csv; charset=utf-8"
    | "application/json; charset=utf-8"
    | "application/jsonl; charset=utf-8"
    | "application/zip";
  /** Awaits `sink` for each piece, for backpressure. `sink` throws when the client has disconnected. */
  readonly write: (sink: (piece: string | Buffer) => Promise<void>) => Promise<unknown>;
}

/** Sends a file. An error aborts the connection, so that the browser does not save a truncated file as complete. */
export function sendDownload(ctx: Context, { name, type, write }: Download): void {
  const stream = new PassThrough();
  ctx.status = 200;
  ctx.attachment(plainFileName(name));
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
    super("The client disconnected before the download was complete.");
  }
}
