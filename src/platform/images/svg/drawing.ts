import { ImageError } from "../image.ts";
import { ELEMENTS, isAllowedValue, localTarget, referenceOf, WITH_HREF, WITH_TEXT } from "./allowed.ts";
import { readStyles, styleOf, type StyleRule } from "./drawing-style.ts";
import type { XmlElement } from "./read-xml.ts";

export const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** An element of the drawing with what is allowed of it. */
export interface Drawn {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (Drawn | string)[];
}

/** How many elements a browser may have to draw, with everything that is used several times. */
const MAX_DRAWN = 20_000;

/** The drawing without what is not on the list. Throws ImageError for what is no SVG, and for one that uses itself without end. */
export function drawingOf(root: XmlElement): Drawn {
  if (root.name !== "svg" || !isSvg(root)) {
    throw new ImageError("unknown");
  }
  const rules = readStyles(sheetsOf(root).join("\n"));
  const drawing = kept(root, rules);
  checkUses(drawing);
  return drawing;
}

const isSvg = ({ attributes }: XmlElement): boolean =>
  (attributes.get("xmlns") ?? SVG_NAMESPACE) === SVG_NAMESPACE;

const sheetsOf = ({ name, children }: XmlElement): string[] =>
  children.flatMap((child) =>
    typeof child === "string" ? (name === "style" ? [child] : []) : sheetsOf(child),
  );

function kept(element: XmlElement, rules: readonly StyleRule[]): Drawn {
  const { name, attributes } = element;
  const own = [...attributes].filter(([key, value]) => isAllowedValue(key, value));
  const href = localTarget(attributes.get("href") ?? attributes.get("xlink:href") ?? "");
  return {
    name,
    attributes: new Map([
      ...own,
      ...styleOf(element, rules),
      ...(href !== null && WITH_HREF.has(name) ? [["href", `#${href}`] as const] : []),
    ]),
    children: element.children.flatMap((child): (Drawn | string)[] => {
      if (typeof child === "string") {
        return WITH_TEXT.has(name) ? [child] : [];
      }
      return ELEMENTS.has(child.name) && isSvg(child) ? [kept(child, rules)] : [];
    }),
  };
}

/** Few elements that use each other by the dozen make billions, which a browser would draw one by one. */
function checkUses(drawing: Drawn): void {
  const byId = new Map<string, Drawn>();
  const collect = (element: Drawn): void => {
    const id = element.attributes.get("id");
    if (id !== undefined && !byId.has(id)) {
      byId.set(id, element);
    }
    element.children.forEach((child) => {
      if (typeof child !== "string") {
        collect(child);
      }
    });
  };
  collect(drawing);
  const costs = new Map<Drawn, number>();
  const underway = new Set<Drawn>();
  const costOf = (element: Drawn): number => {
    const known = costs.get(element);
    if (known !== undefined) {
      return known;
    }
    if (underway.has(element)) {
      throw new ImageError("broken");
    }
    underway.add(element);
    const inner = element.children.filter((child) => typeof child !== "string");
    const used = targetsOf(element).flatMap((id) => byId.get(id) ?? []);
    const cost = [...inner, ...used].reduce((sum, part) => sum + costOf(part), 1);
    underway.delete(element);
    costs.set(element, cost);
    return cost;
  };
  if (costOf(drawing) > MAX_DRAWN) {
    throw new ImageError("pixels");
  }
}

const targetsOf = ({ attributes }: Drawn): string[] =>
  [...attributes].flatMap(
    ([name, value]) => (name === "href" ? localTarget(value) : referenceOf(value)) ?? [],
  );
