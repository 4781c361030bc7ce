/** A form of a page, with what a browser would send if its user pressed the first button. */
export interface PageForm {
  readonly action: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The forms of a page. For pages whose HTML is known to be plain: it is no parser for others. */
export function formsOf(html: string, url: string): PageForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, own = "", inner = ""]) => {
    const { action = "", method = "get" } = attributesOf(own);
    return { action: new URL(action, url).href, method: method.toLowerCase(), fields: fieldsOf(inner) };
  });
}

function fieldsOf(inner: string): Record<string, string> {
  const fields: Record<string, string> = {};
  let isPressed = false;
  for (const [, tag = "", own = ""] of inner.matchAll(/<(input|button|textarea)\b([^>]*)>/gi)) {
    const {
      name = "",
      value = "",
      type = tag.toLowerCase() === "button" ? "submit" : "text",
    } = attributesOf(own);
    const isButton = type === "submit";
    if (name !== "" && type !== "checkbox" && !(isButton && isPressed)) {
      fields[name] = value;
    }
    isPressed ||= isButton;
  }
  return fields;
}

function attributesOf(text: string): Record<string, string> {
  const found = text.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return Object.fromEntries(
    [...found].map(([, name = "", double, single, bare]) => [
      name.toLowerCase(),
      plain(double ?? single ?? bare ?? ""),
    ]),
  );
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const plain = (text: string): string =>
  text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) {
        return NAMED[name] ?? whole;
      }
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
