import { isAllowedValue, STYLE_PROPERTIES } from "./allowed.ts";
import type { XmlElement } from "./read-xml.ts";

/** Rules of the `<style>` elements of a drawing, in their order. */
export interface StyleRule {
  /** `path`, `.st0`, `path.st0` or `#logo`; others are left out. */
  readonly element: string | null;
  readonly mark: { readonly attribute: "class" | "id"; readonly value: string } | null;
  readonly declarations: ReadonlyMap<string, string>;
}

const MAX_RULES = 500;

const SELECTOR = /^(?<element>[A-Za-z]+)?(?:(?<kind>[.#])(?<value>[\w-]+))?$/;

/** Reads style sheets as drawing programs write them. At-rules and everything that is not about drawing are left out. */
export function readStyles(sheet: string): StyleRule[] {
  const plain = sheet.replace(/\/\*[^]*?\*\//g, "");
  const rules = [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selectors = "", body = ""]) => {
    const declarations = readDeclarations(body);
    return selectors.split(",").flatMap((selector) => ruleOf(selector.trim(), declarations));
  });
  return rules.slice(0, MAX_RULES);
}

function ruleOf(selector: string, declarations: ReadonlyMap<string, string>): StyleRule[] {
  const { element, kind, value } = SELECTOR.exec(selector)?.groups ?? {};
  if (element === undefined && value === undefined) {
    return [];
  }
  const mark = value === undefined ? null : ({ attribute: kind === "." ? "class" : "id", value } as const);
  return [{ element: element ?? null, mark, declarations }];
}

/** `fill: red; stroke: none`, without what is not allowed. */
function readDeclarations(text: string): Map<string, string> {
  const found = text.split(";").flatMap((declaration) => {
    const [name = "", ...rest] = declaration.split(":");
    const property = name.trim().toLowerCase();
    const value = rest
      .join(":")
      .replace(/!\s*important/i, "")
      .trim();
    return STYLE_PROPERTIES.has(property) && isAllowedValue(property, value)
      ? [[property, value] as const]
      : [];
  });
  return new Map(found);
}

/**
 * What applies to an element, weakest first: its attributes, rules by element, by class, by id, its own `style`. All of it becomes
 * attributes, so that the served file has no style that a content policy would have to allow.
 */
export function styleOf({ name, attributes }: XmlElement, rules: readonly StyleRule[]): Map<string, string> {
  const classes = new Set((attributes.get("class") ?? "").split(/\s+/));
  const id = attributes.get("id");
  const weightOf = ({ element, mark }: StyleRule): number | null => {
    const isMarked =
      mark === null || (mark.attribute === "class" ? classes.has(mark.value) : mark.value === id);
    return isMarked && (element === null || element === name) ? WEIGHT[mark?.attribute ?? "element"] : null;
  };
  const applied = rules
    .flatMap((rule) => {
      const weight = weightOf(rule);
      return weight === null ? [] : [{ weight, rule }];
    })
    .sort((one, other) => one.weight - other.weight)
    .flatMap(({ rule }) => [...rule.declarations]);
  return new Map([...applied, ...readDeclarations(attributes.get("style") ?? "")]);
}

const WEIGHT = { element: 0, class: 1, id: 2 } as const;
