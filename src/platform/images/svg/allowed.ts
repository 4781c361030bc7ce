/**
 * What a drawing may have: shapes, text, gradients, clips and masks. Everything else is left out: scripts, event handlers, links,
 * animation, embedded pictures and pages, filters, styles that load something. A list of what is allowed, because what browsers run
 * grows (T153).
 */
export const ELEMENTS: ReadonlySet<string> = new Set([
  ...["svg", "g", "defs", "symbol", "use", "title", "desc"],
  ...["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"],
  ...["linearGradient", "radialGradient", "stop", "clipPath", "mask"],
]);

/** Elements with text of their own; in others it is left out. */
export const WITH_TEXT: ReadonlySet<string> = new Set(["title", "desc", "text", "tspan"]);

/** Elements that can be seen. */
export const VISIBLE: ReadonlySet<string> = new Set([
  ...["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use"],
]);

const PAINTS = ["fill", "stroke", "stop-color", "color"];
const REFERENCES = ["clip-path", "mask"];

/** Properties that may stand in a style as well as in an attribute. */
export const STYLE_PROPERTIES: ReadonlySet<string> = new Set([
  ...PAINTS,
  ...REFERENCES,
  ...[
    "fill-opacity",
    "fill-rule",
    "clip-rule",
    "opacity",
    "display",
    "visibility",
    "stop-opacity",
    "paint-order",
  ],
  ...["stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity"],
  ...["stroke-dasharray", "stroke-dashoffset", "vector-effect", "shape-rendering"],
  ...[
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "letter-spacing",
    "text-anchor",
    "dominant-baseline",
  ],
]);

const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...STYLE_PROPERTIES,
  ...[
    "id",
    "d",
    "points",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "dx",
    "dy",
  ],
  ...[
    "width",
    "height",
    "viewBox",
    "preserveAspectRatio",
    "transform",
    "rotate",
    "textLength",
    "lengthAdjust",
  ],
  ...["offset", "gradientUnits", "gradientTransform", "spreadMethod", "pathLength"],
  ...["clipPathUnits", "maskUnits", "maskContentUnits"],
]);

const ID = "[\\w.-]{1,100}";
const LOCAL = new RegExp(`^url\\(\\s*["']?#(${ID})["']?\\s*\\)`);
const COLOUR = /^(?:#[\da-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\([\d\s.,%/deg-]*\))$/i;
/** Numbers, lengths, path data, transformations and words: nothing that names a place. */
const PLAIN = /^[\w\s.,%()+-]*$/;

const VALUES: readonly (readonly [names: readonly string[], pattern: RegExp])[] = [
  [["id"], new RegExp(`^${ID}$`)],
  [["font-family"], /^[\w\s,'"-]*$/],
];

/** Whether an attribute or property may have this value. */
export function isAllowedValue(name: string, value: string): boolean {
  if (!ATTRIBUTES.has(name)) {
    return false;
  }
  if (PAINTS.includes(name) || REFERENCES.includes(name)) {
    const local = LOCAL.exec(value)?.[0];
    const rest = local === undefined ? value : value.slice(local.length).trim();
    return (local !== undefined && rest === "") || COLOUR.test(rest);
  }
  const pattern = VALUES.find(([names]) => names.includes(name))?.[1] ?? PLAIN;
  return pattern.test(value) && !/url\s*\(/i.test(value);
}

/** The id that a value refers to, such as `url(#shade)`; null for other values. */
export const referenceOf = (value: string): string | null => LOCAL.exec(value)?.[1] ?? null;

/** The id that `href` refers to; null for an address anywhere else. */
export const localTarget = (href: string): string | null =>
  new RegExp(`^#(${ID})$`).exec(href.trim())?.[1] ?? null;

/** Elements whose `href` is kept, where it leads to another part of the drawing. */
export const WITH_HREF: ReadonlySet<string> = new Set(["use", "linearGradient", "radialGradient"]);
