import { checkSides, ImageError, type Image } from "./image.ts";

/** Markers of ITU-T T.81, table B.1. */
const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const JFIF = 0xe0;
/** Tells how the colours are stored; without it some pictures are inverted. */
const ADOBE = 0xee;
/** The start of a frame: baseline, extended or progressive. Others are lossless or arithmetic, which no browser shows. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
/** Tables of quantization and Huffman codes, restart interval. */
const TABLES = new Set([0xdb, 0xc4, 0xdd]);

/** A progressive picture comes in scans, and each costs as much as the whole: thousands of them are a bomb. */
const MAX_SCANS = 64;

/** Reads a JPEG. Exif (with the place of a photograph), comments and embedded previews are left out, and so is what follows the end. */
export function readJpeg(file: Buffer): Image {
  const kept: Buffer[] = [file.subarray(0, 2)];
  let size: { width: number; height: number } | null = null;
  let scans = 0;
  for (let at = 2; ;) {
    const marker = markerAt(file, at);
    if (marker === END) {
      kept.push(file.subarray(at, at + 2));
      break;
    }
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length) {
      throw new ImageError("broken");
    }
    if (FRAMES.has(marker)) {
      size = frameSize(file, at, size);
    }
    const next = marker === SCAN ? scanEnd(file, end) : end;
    scans += marker === SCAN ? 1 : 0;
    if (scans > MAX_SCANS || (marker === SCAN && size === null)) {
      throw new ImageError("broken");
    }
    if (isKept(marker)) {
      kept.push(file.subarray(at, next));
    }
    at = next;
  }
  if (size === null || scans === 0) {
    throw new ImageError("broken");
  }
  return { type: "jpeg", ...size, content: Buffer.concat(kept) };
}

function markerAt(file: Buffer, at: number): number {
  const marker = file.readUInt8(at + 1);
  if (file.readUInt8(at) !== 0xff || marker === START || marker < 0xc0 || marker === 0xff) {
    throw new ImageError("broken");
  }
  // A frame of a kind that browsers do not show.
  if (marker <= 0xcf && marker !== 0xc4 && !FRAMES.has(marker)) {
    throw new ImageError("unknown");
  }
  return marker;
}

const isKept = (marker: number): boolean =>
  FRAMES.has(marker) || TABLES.has(marker) || marker === SCAN || marker === JFIF || marker === ADOBE;

function frameSize(file: Buffer, at: number, before: object | null): { width: number; height: number } {
  const [height, width] = [file.readUInt16BE(at + 5), file.readUInt16BE(at + 7)];
  if (before !== null) {
    throw new ImageError("broken");
  }
  checkSides(width, height);
  return { width, height };
}

/** Where the data of a scan ends: at the next marker that is neither a restart (D0 to D7) nor a stuffed FF 00. */
function scanEnd(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at !== -1; at = file.indexOf(0xff, at + 1)) {
    const next = file.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) {
      return at;
    }
  }
  throw new ImageError("broken");
}
