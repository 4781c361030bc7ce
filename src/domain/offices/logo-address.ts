import { createHash } from "node:crypto";
import type { Image, ImageType } from "../../platform/images/image.ts";

/** Where logos are served. */
export const LOGO_PATH = "/logos";

/** The address of a logo: a random part of the office, and a mark of the content with the type of the file. */
export const logoAddress = (token: string, { mark, type }: { mark: string; type: ImageType }): string =>
  `${LOGO_PATH}/${token}/${logoFile(mark, type)}`;

/** Another picture has another one. */
export const logoMark = ({ content }: Pick<Image, "content">): string =>
  createHash("sha256").update(content).digest("base64url").slice(0, 10);

/** The last part of the address. */
export const logoFile = (mark: string, type: ImageType): string => `${mark}.${type}`;

const ADDRESS = /^\/logos\/(?<token>[A-Za-z0-9_-]{22})\/[A-Za-z0-9_-]{10}\.[a-z]{3,4}$/;

/** The random part of an office's logo address; null for an address elsewhere, which an office may have from an earlier version. */
export const logoToken = (address: string | null): string | null =>
  ADDRESS.exec(address ?? "")?.groups?.["token"] ?? null;

/**
 * The logo for a mail: complete, because a mail has no site of its own, and the same for every recipient, so that it tells no one
 * apart. Null for an SVG, which mail programs do not draw. `address` may also be the data of a preview.
 */
export function mailLogo(address: string | null, issuer: string): string | null {
  if (address?.startsWith("data:image/") === true) {
    return address.startsWith("data:image/svg") ? null : address;
  }
  return address === null || logoToken(address) === null || address.endsWith(".svg")
    ? null
    : new URL(address, issuer).href;
}
