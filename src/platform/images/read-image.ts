import { ImageError, MAX_IMAGE_BYTES, type Image, type ImageFault } from "./image.ts";
import { readJpeg } from "./jpeg.ts";
import { readPng } from "./png.ts";
import { readSvg } from "./svg/svg.ts";
import { readWebp } from "./webp.ts";

export type ReadImage = { readonly type: "image"; readonly image: Image } | { readonly type: ImageFault };

/** Reads an uploaded file, and writes it anew without what a picture does not need. */
export async function readImage(file: Buffer): Promise<ReadImage> {
  if (file.length === 0) {
    return { type: "empty" };
  }
  if (file.length > MAX_IMAGE_BYTES) {
    return { type: "bytes" };
  }
  try {
    const image = await readerOf(file)(file);
    return image.content.length > MAX_IMAGE_BYTES ? { type: "bytes" } : { type: "image", image };
  } catch (error) {
    if (error instanceof ImageError) {
      return { type: error.fault };
    }
    // A read behind the end of the file.
    if (error instanceof RangeError) {
      return { type: "broken" };
    }
    throw error;
  }
}

type Reader = (file: Buffer) => Image | Promise<Image>;

function readerOf(file: Buffer): Reader {
  const start = file.toString("latin1", 0, 12);
  if (start.startsWith("\x89PNG\r\n\x1a\n")) {
    return readPng;
  }
  if (start.startsWith("\xff\xd8\xff")) {
    return readJpeg;
  }
  if (/^RIFF[^]{4}WEBP/.test(start)) {
    return readWebp;
  }
  if (/^(?:\xef\xbb\xbf)?\s*</.test(start)) {
    return readSvg;
  }
  throw new ImageError("unknown");
}
