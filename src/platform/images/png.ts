import { promisify } from "node:util";
import { crc32, inflate } from "node:zlib";
import { checkSides, ImageError, type Image } from "./image.ts";

const inflated = promisify(inflate);

/**
 * The chunks that a still picture needs (PNG, third edition, section 5.6). All others are left out: text may be compressed to a
 * bomb, and metadata may tell where a photograph was taken.
 */
const KEPT = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "gAMA", "cHRM", "sRGB"]);

const SIGNATURE_BYTES = 8;
/** Length and type before the data, a checksum after it. */
const FRAME_BYTES = 12;
const MAX_CHUNKS = 10_000;

/** Samples of a pixel, by colour type. */
const SAMPLES = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With its frame. */
  readonly whole: Buffer;
}

/** Reads a PNG. Its picture must have exactly as many bytes as its size says, so that none is a bomb. */
export async function readPng(file: Buffer): Promise<Image> {
  const chunks = chunksOf(file);
  const [header] = chunks;
  if (header?.type !== "IHDR" || header.data.length !== 13 || chunks.at(-1)?.type !== "IEND") {
    throw new ImageError("broken");
  }
  const [width, height] = [header.data.readUInt32BE(0), header.data.readUInt32BE(4)];
  checkSides(width, height);
  const pixels = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data);
  await checkPixels(Buffer.concat(pixels), header.data);
  const kept = chunks.filter(({ type }) => KEPT.has(type)).map(({ whole }) => whole);
  return { type: "png", width, height, content: Buffer.concat([file.subarray(0, SIGNATURE_BYTES), ...kept]) };
}

/** Up to the end of the picture: what follows is not part of it. */
function chunksOf(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; chunks.at(-1)?.type !== "IEND";) {
    const length = file.readUInt32BE(at);
    const whole = file.subarray(at, at + FRAME_BYTES + length);
    if (whole.length < FRAME_BYTES + length || chunks.length === MAX_CHUNKS) {
      throw new ImageError("broken");
    }
    const data = whole.subarray(8, 8 + length);
    if (whole.readUInt32BE(8 + length) !== crc32(whole.subarray(4, 8 + length))) {
      throw new ImageError("broken");
    }
    chunks.push({ type: whole.toString("latin1", 4, 8), data, whole });
    at += whole.length;
  }
  return chunks;
}

async function checkPixels(compressed: Buffer, header: Buffer): Promise<void> {
  const most = mostBytes(header);
  const isInterlaced = header.readUInt8(12) === 1;
  const bytes = await inflated(compressed, { maxOutputLength: most }).catch((cause: unknown) => {
    throw new ImageError("broken", { cause });
  });
  if (bytes.length < (isInterlaced ? 1 : most)) {
    throw new ImageError("broken");
  }
}

/** One byte a row says how it is filtered. Interlaced, there are seven pictures with rows of their own. */
function mostBytes(header: Buffer): number {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, interlaced] = [header.readUInt8(8), header.readUInt8(9), header.readUInt8(12)];
  const samples = SAMPLES.get(colour);
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth) || interlaced > 1) {
    throw new ImageError("broken");
  }
  const row = Math.ceil((width * depth * samples) / 8) + 1;
  return interlaced === 0 ? row * height : row * height + 8 * (width + height) + 64;
}
