/** Markup that is safe to send: only the `html` tag makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Insert = Html | readonly Html[] | string | number | undefined;

/** Everything that is inserted is escaped, unless it was made by this tag itself. */
export function html(strings: TemplateStringsArray, ...inserts: Insert[]): Html {
  const parts = strings.map((fixed, index) => (index === 0 ? fixed : toText(inserts[index - 1]) + fixed));
  return new Html(parts.join(""));
}

function toText(insert: Insert): string {
  if (insert === undefined) return "";
  if (insert instanceof Html) return insert.text;
  if (typeof insert === "string" || typeof insert === "number") return escape(String(insert));
  return insert.map((item) => item.text).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
