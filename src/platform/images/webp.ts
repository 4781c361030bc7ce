import { checkSides, ImageError, type Image } from "./image.ts";

/** The chunks of a still picture: its header, its transparency, and its pixels with loss or without. */
const KEPT = new Set(["VP8X", "ALPH", "VP8 ", "VP8L"]);
const PIXELS = new Set(["VP8 ", "VP8L"]);

const RIFF_BYTES = 12;
const HEAD_BYTES = 8;
const MAX_CHUNKS = 100;

/** In the flags of VP8X: an animation; and what is left out: ICC profile, Exif, XMP. */
const ANIMATED = 0x02;
const LEFT_OUT = 0x20 | 0x08 | 0x04;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Reads a WebP (RFC 9649) that does not move. Metadata is left out. */
export function readWebp(file: Buffer): Image {
  const chunks = chunksOf(file);
  const [first] = chunks;
  const pixels = chunks.filter(({ type }) => PIXELS.has(type));
  if (chunks.some(({ type }) => type === "ANIM" || type === "ANMF") || isAnimated(first)) {
    throw new ImageError("moving");
  }
  const [picture] = pixels;
  if (picture === undefined || pixels.length > 1) {
    throw new ImageError("broken");
  }
  const { width, height } = sizeOf(picture);
  checkSides(width, height);
  if (first?.type === "VP8X") {
    checkCanvas(first.data, width, height);
  }
  const body = chunks.filter(({ type }) => KEPT.has(type)).map(written);
  const head = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  head.writeUInt32LE(4 + body.reduce((sum, { length }) => sum + length, 0), 4);
  return { type: "webp", width, height, content: Buffer.concat([head, ...body]) };
}

function chunksOf(file: Buffer): Chunk[] {
  const end = HEAD_BYTES + file.readUInt32LE(4);
  if (end > file.length) {
    throw new ImageError("broken");
  }
  const chunks: Chunk[] = [];
  for (let at = RIFF_BYTES; at + HEAD_BYTES <= end;) {
    const length = file.readUInt32LE(at + 4);
    const data = file.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (data.length < length || chunks.length === MAX_CHUNKS) {
      throw new ImageError("broken");
    }
    chunks.push({ type: file.toString("latin1", at, at + 4), data });
    at += HEAD_BYTES + length + (length % 2);
  }
  return chunks;
}

const isAnimated = (first: Chunk | undefined): boolean =>
  first?.type === "VP8X" && (first.data.readUInt8(0) & ANIMATED) !== 0;

function sizeOf({ type, data }: Chunk): { width: number; height: number } {
  if (type === "VP8L") {
    if (data.readUInt8(0) !== 0x2f) {
      throw new ImageError("broken");
    }
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  // A key frame (RFC 6386 section 9.1).
  if (data.toString("latin1", 3, 6) !== "\x9d\x01\x2a") {
    throw new ImageError("broken");
  }
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
}

/** The canvas could be larger than its picture. */
function checkCanvas(header: Buffer, width: number, height: number): void {
  if (header.readUIntLE(4, 3) + 1 !== width || header.readUIntLE(7, 3) + 1 !== height) {
    throw new ImageError("broken");
  }
}

function written({ type, data }: Chunk): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, "latin1");
  head.writeUInt32LE(data.length, 4);
  const body = type === "VP8X" ? withoutMetadata(data) : data;
  return Buffer.concat([head, body, Buffer.alloc(data.length % 2)]);
}

function withoutMetadata(header: Buffer): Buffer {
  const copy = Buffer.from(header);
  copy.writeUInt8(copy.readUInt8(0) & ~LEFT_OUT & 0xff, 0);
  return copy;
}
