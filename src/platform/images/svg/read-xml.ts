import { ImageError } from "../image.ts";

/** An element of a file, with the names that it has there. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 10_000;

const NAME = "[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?";
/** What may come between elements and is left out. A document type with entities of its own is refused: they can grow without end. */
const LEFT_OUT = /<!--(?:(?!--)[^])*-->|<\?[A-Za-z][^]*?\?>|<!DOCTYPE\s[^[\]<>]*>/y;
const CDATA = /<!\[CDATA\[([^]*?)\]\]>/y;
const OPENING = new RegExp(`<(${NAME})`, "y");
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, "y");
const OPENED = /\s*(\/?)>/y;
const CLOSING = new RegExp(`</(${NAME})\\s*>`, "y");
const TEXT = /[^<]+/y;

/** Characters that XML 1.0 does not have. */
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (XmlElement | string)[];
}

/**
 * Reads an XML document: elements, attributes and text, with the five entities that XML knows by itself. Throws ImageError "broken"
 * for anything that is not well-formed. What it returns is written anew, so a file that a browser reads differently does no harm.
 */
export function readXml(file: Buffer): XmlElement {
  const text = decoded(file);
  const root: Open = { name: "", attributes: new Map(), children: [] };
  const open: Open[] = [root];
  let elements = 0;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at = found === null ? at : pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    const parent = open.at(-1) ?? root;
    const character = take(CDATA)?.[1];
    const words = character === undefined ? take(TEXT)?.[0] : undefined;
    if (character !== undefined || words !== undefined) {
      parent.children.push(character ?? unescaped(words ?? ""));
    } else if (take(LEFT_OUT) === null) {
      elements += step(open, parent, take);
    }
    if (open.length > MAX_DEPTH || elements > MAX_ELEMENTS) {
      throw new ImageError("broken");
    }
  }
  const [only, ...others] = root.children.filter((child) => typeof child !== "string" || child.trim() !== "");
  if (open.length !== 1 || only === undefined || typeof only === "string" || others.length > 0) {
    throw new ImageError("broken");
  }
  return only;
}

/** Takes one tag. Returns how many elements it began. */
function step(open: Open[], parent: Open, take: (pattern: RegExp) => RegExpExecArray | null): number {
  const closing = take(CLOSING)?.[1];
  if (closing !== undefined) {
    if (open.length === 1 || parent.name !== closing) {
      throw new ImageError("broken");
    }
    open.pop();
    return 0;
  }
  const name = take(OPENING)?.[1];
  if (name === undefined) {
    throw new ImageError("broken");
  }
  const attributes = new Map<string, string>();
  for (let found = take(ATTRIBUTE); found !== null; found = take(ATTRIBUTE)) {
    const [, key = "", double, single] = found;
    if (attributes.has(key)) {
      throw new ImageError("broken");
    }
    attributes.set(key, unescaped(double ?? single ?? ""));
  }
  const opened = take(OPENED);
  if (opened === null) {
    throw new ImageError("broken");
  }
  const element: Open = { name, attributes, children: [] };
  parent.children.push(element);
  if (opened[1] === "") {
    open.push(element);
  }
  return 1;
}

function decoded(file: Buffer): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(file);
    if (!NOT_XML.test(text)) {
      return text;
    }
  } catch (cause) {
    throw new ImageError("broken", { cause });
  }
  throw new ImageError("broken");
}

const ENTITIES = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

const unescaped = (text: string): string =>
  text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));|&/gi,
    (_, hex?: string, decimal?: string, name?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      const character =
        name === undefined ? (code <= 0x10ffff ? String.fromCodePoint(code) : undefined) : ENTITIES.get(name);
      if (character === undefined || NOT_XML.test(character)) {
        throw new ImageError("broken");
      }
      return character;
    },
  );
