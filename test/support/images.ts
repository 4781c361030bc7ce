import { crc32, deflateSync } from "node:zlib";

/** A picture of 24 by 12 pixels, as Chromium writes it, without its colour profiles. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAMCAYAAAB4MH11AAAASklEQVR4AdyQwQkAIAhFxWvtVpPULG3ScN1rABVJ8KDCvyjfBw/LaNczCM6TEHDWBi5WkwkVWVVIPaKozg5cpAfangC0wu89PuABAAD//4u/Lq0AAAAGSURBVAMAbVk8wYPT2lYAAAAASUVORK5CYII=",
  "base64",
);
export const JPEG = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAMABgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQD/8QAJRAAAQMCAwkAAAAAAAAAAAAAABESEwEFBhVRAgMEFCIkMUNh/8QAFwEAAwEAAAAAAAAAAAAAAAAAAAECBf/EABoRAAICAwAAAAAAAAAAAAAAAAABAhESIVH/2gAMAwEAAhEDEQA/AM8N4fz3me6ggb63OVftNCG82/KrrvuBllib1taq7NK+FrqRAZjtxxqt9AAAg//Z",
  "base64",
);
export const WEBP = Buffer.from(
  "UklGRlAAAABXRUJQVlA4IEQAAABQAwCdASoYAAwAPrVInkmnJCKhMAgA4BaJQBfnBDvqJOsCAAD+2KF/npX/yLj/xPCf+7gtSQWMs80+3b/e6854U1QAAA==",
  "base64",
);
export const LOSSLESS_WEBP = Buffer.from(
  "UklGRjAAAABXRUJQVlA4TCMAAAAvF8ACAA9wt8gv0P8Jdv4DDwSSNsL7d32KZYjo/zgAwFfyAwA=",
  "base64",
);

export const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12"><rect width="24" height="12" fill="#0b6e4f"/></svg>',
);

/** A chunk of a PNG with a right checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG in grey that says it has this size; `pixels`: the bytes of its picture, by default as many as the size has. */
export function makePng(width: number, height: number, pixels = Buffer.alloc((width + 1) * height)): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  return Buffer.concat([
    PNG.subarray(0, 8),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(pixels)),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}
