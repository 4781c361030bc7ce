import { ImageError, type Image } from "../image.ts";
import { VISIBLE } from "./allowed.ts";
import { drawingOf, SVG_NAMESPACE, type Drawn } from "./drawing.ts";
import { readXml } from "./read-xml.ts";

/**
 * A logo that is a drawing: of what an office uploads nothing is passed on, only what is on a list of harmless things is written
 * anew. No script, no style sheet, no link and nothing from elsewhere survives.
 */

/** Units of a view box; a drawing has no pixels, so a large one costs nothing. */
const MAX_UNITS = 100_000;
/** A logo is no line: wider or higher than this it could not be seen. */
const MAX_RATIO = 40;

/** Reads an SVG and writes it anew with shapes, text and colours only. */
export function readSvg(file: Buffer): Image {
  const drawing = drawingOf(readXml(file));
  if (!hasShape(drawing)) {
    throw new ImageError("broken");
  }
  const { box, width, height } = sizeOf(drawing);
  const attributes = new Map([
    ["xmlns", SVG_NAMESPACE],
    ...drawing.attributes,
    ["viewBox", box],
    ["width", String(width)],
    ["height", String(height)],
  ] as const);
  const text = written({ ...drawing, attributes });
  return { type: "svg", width: Math.ceil(width), height: Math.ceil(height), content: Buffer.from(text) };
}

const hasShape = ({ name, children }: Drawn): boolean =>
  VISIBLE.has(name) || children.some((child) => typeof child !== "string" && hasShape(child));

/** From the view box, else from width and height in pixels. */
function sizeOf({ attributes }: Drawn): { box: string; width: number; height: number } {
  const box = (attributes.get("viewBox") ?? "")
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const sides = ["width", "height"].map((name) => Number((attributes.get(name) ?? "").replace(/px$/, "")));
  const isBox = box.length === 4 && box.every(Number.isFinite);
  const [width = 0, height = 0] = isBox ? box.slice(2) : sides;
  if (!(width > 0 && height > 0)) {
    throw new ImageError("broken");
  }
  const ratio = width / height;
  if (Math.max(width, height) > MAX_UNITS || Math.max(ratio, 1 / ratio) > MAX_RATIO) {
    throw new ImageError("pixels");
  }
  return { box: isBox ? box.join(" ") : `0 0 ${String(width)} ${String(height)}`, width, height };
}

function written({ name, attributes, children }: Drawn): string {
  const list = [...attributes].map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
  const inner = children
    .map((child) => (typeof child === "string" ? escaped(child) : written(child)))
    .join("");
  return inner === "" ? `<${name}${list}/>` : `<${name}${list}>${inner}</${name}>`;
}

const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
