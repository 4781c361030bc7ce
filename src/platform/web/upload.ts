import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { PageError } from "../../kernel/errors.ts";
import type { Context } from "./context.ts";
import type { Fields } from "./form.ts";

/** A form with a file. `fields` has the fields before the file. */
export interface Upload {
  readonly fields: Fields;
  /** Null when no file was chosen. Can be read once, and need not be read to its end. */
  readonly file: AsyncIterable<Uint8Array> | null;
}

/** Limits for the fields. The reader of the file limits its size. */
const LIMITS = { files: 1, fields: 20, parts: 21, fieldSize: 4_000, headerPairs: 20, headerSize: 4_000 };

/** A larger body is not even read to be discarded. Smaller ones may be a file that was chosen by mistake. */
const MAX_BYTES = 64_000_000;

/**
 * Starts to read a form with a file. Resolves at the file's first byte, and keeps nothing of the file in memory or on disk. Throws
 * PageError "request" for a malformed form. Only this file uses @fastify/busboy.
 */
export function readUpload(ctx: Context): Promise<Upload> {
  const { req } = ctx;
  const fields = Object.create(null) as Record<string, string>;
  closeAfterLargeBody(ctx);
  return new Promise((resolve, reject) => {
    const parser = parserFor(ctx);
    let file: BusboyFileStream | null = null;
    const fail = (cause: unknown) => {
      req.unpipe(parser);
      file?.destroy(new Error("The upload broke off.", { cause }));
      reject(new PageError("request", { cause }));
    };
    parser.on("field", (name, value, isNameCut, isCut) => {
      if (isNameCut || isCut || Object.hasOwn(fields, name)) {
        fail(new Error("A field comes twice or is too long."));
        return;
      }
      fields[name] = value;
    });
    parser.on("file", (_name, stream, filename) => {
      file = stream;
      // A reader gets the error too. Without a reader, an unhandled error event would end the process.
      stream.on("error", () => undefined);
      resolve({ fields, file: filename === "" ? null : piecesOf(stream) });
    });
    parser.on("error", fail);
    parser.on("finish", () => {
      resolve({ fields, file: null });
    });
    req.once("close", () => {
      if (!req.complete) {
        fail(new Error("The connection ended before the form."));
      }
    });
    req.pipe(parser);
  });
}

export const isUpload = (ctx: Context): boolean => ctx.is("multipart/form-data") === "multipart/form-data";

function parserFor({ req }: Context): BusboyInstance {
  try {
    const type = req.headers["content-type"] ?? "";
    return new Busboy({ headers: { ...req.headers, "content-type": type }, limits: LIMITS });
  } catch (cause) {
    throw new PageError("request", { cause });
  }
}

async function* piecesOf(file: BusboyFileStream): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of file) {
      yield piece as Buffer;
    }
  } catch (cause) {
    throw new PageError("request", { cause });
  }
}

/** Node reads and discards the rest of a body of any length, unless the connection closes after the response. */
function closeAfterLargeBody(ctx: Context): void {
  const { length } = ctx.request;
  if (length === undefined || length > MAX_BYTES) {
    ctx.set("Connection", "close");
  }
}
