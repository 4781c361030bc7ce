import { readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { OperatorError } from "../kernel/errors.ts";
import { MAX_IMAGE_BYTES, MAX_IMAGE_SIDE, type Image, type ImageFault } from "../platform/images/image.ts";
import { readImage } from "../platform/images/read-image.ts";
import type { Office } from "../domain/offices/office.ts";
import type { Services } from "../server/wiring/services.ts";
import { OPERATOR } from "./with-services.ts";

/** What is wrong with a file that is to be a logo. */
export const IMAGE_FAULTS: Record<ImageFault, string> = {
  empty: "is empty",
  bytes: `has more than ${String(MAX_IMAGE_BYTES)} bytes`,
  unknown: "is no PNG, JPEG, WebP or SVG",
  broken: "is damaged, or an SVG with nothing that can be shown",
  pixels: `is larger than ${String(MAX_IMAGE_SIDE)} pixels a side, or an SVG that is too much to draw`,
  moving: "is an animation",
};

export const withLogo = (verb: Command): Command =>
  verb.option("--logo <file>", "PNG, JPEG, WebP or SVG file of its logo");

/** The picture of a file; null for "none", undefined without the option. */
export async function logoOf(file: string | undefined): Promise<Image | null | undefined> {
  if (file === undefined || file === "none") {
    return file === undefined ? undefined : null;
  }
  const read = await readImage(await bytesOf(file));
  if (read.type !== "image") {
    throw new OperatorError(`The file "${file}" ${IMAGE_FAULTS[read.type]}.`);
  }
  return read.image;
}

/** A longer file is not read at all. */
async function bytesOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    return size > MAX_IMAGE_BYTES ? Buffer.alloc(MAX_IMAGE_BYTES + 1) : await readFile(file);
  } catch (cause) {
    throw new OperatorError(`The file "${file}" cannot be read.`, { cause });
  }
}

/** Uses the picture as the office's logo, or removes the logo. Returns the office as it is then. */
export async function changeLogo(
  { administration: { logos } }: Services,
  office: Office,
  logo: Image | null | undefined,
): Promise<Office> {
  if (logo === undefined) {
    return office;
  }
  const result = await (logo === null ? logos.remove(office, OPERATOR) : logos.use(office, logo, OPERATOR));
  if (result.type === "changed" || result.type === "unchanged") {
    return result.type === "changed" ? result.office : office;
  }
  throw new OperatorError("The office was changed in the meantime: look again, then try again.");
}
