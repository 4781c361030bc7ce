/**
 * Pictures that people upload. This folder says what a file is by its content, never by its name or the type that a browser claims,
 * and writes it anew from the parts that a picture needs: what hides in metadata, behind the end of the file or in the script of an
 * SVG does not come through. It knows no office and no page. Start at `read-image.ts`; decision 0071 says why no library does this.
 */
export interface Image {
  readonly type: ImageType;
  /** In pixels; of an SVG, the units of its view box. */
  readonly width: number;
  readonly height: number;
  /** The file as it is stored and served. */
  readonly content: Buffer;
}

export type ImageType = "png" | "jpeg" | "webp" | "svg";

/** `unknown`: none of the four types · `broken`: cut off or not well-formed · `pixels`: too many · `moving`: an animation. */
export type ImageFault = "empty" | "bytes" | "unknown" | "broken" | "pixels" | "moving";

/** Bytes of a file, before and after it is written anew. */
export const MAX_IMAGE_BYTES = 512_000;

/** Of each side. A file of a few bytes may claim any size, and a browser would set aside memory for it. */
export const MAX_IMAGE_SIDE = 2_000;

/** A part of the file that a reader cannot accept. Only `readImage` meets it. */
export class ImageError extends Error {
  readonly fault: ImageFault;

  constructor(fault: ImageFault, options?: ErrorOptions) {
    super(`The image is refused: ${fault}.`, options);
    this.fault = fault;
  }
}

/** Throws unless both sides are within the limit. */
export function checkSides(width: number, height: number): void {
  if (width < 1 || height < 1) {
    throw new ImageError("broken");
  }
  if (width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE) {
    throw new ImageError("pixels");
  }
}
