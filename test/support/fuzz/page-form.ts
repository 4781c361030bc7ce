import type { Page } from "../http-browser.ts";

/** A form of a page as a browser would send it, with what a user might type into its empty fields. */
export interface PageForm {
  /** The path. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Whether it sends a file. */
  readonly isUpload: boolean;
}

/** What is typed into an empty field, by its name. */
const TYPED: Readonly<Record<string, string>> = {
  mail: "sanne@mail.example",
  number: "+31612340678",
  code: "123456",
  recoveryCode: "12345678",
  enrolmentCode: "ABCD-EFGH",
  password: "not the password",
  currentPassword: "plum-teapot-ladder-42",
  newPassword: "kettle-orchard-violin-7",
  from: "2026-01-01",
  to: "2026-12-31",
  user_code: "BCDF-GHJK",
  file: "username,name,mail\nimported,Imported User,imported@mail.example\n",
};

/** Every form of the page that is posted. */
export function formsOf({ body, url }: Page): PageForm[] {
  return [...body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)]
    .filter(([, attributes = ""]) => /method="post"/.test(attributes))
    .map(([, attributes = "", content = ""]) => ({
      action: new URL(unescaped(attributeOf(attributes, "action") ?? ""), url).pathname,
      isUpload: attributes.includes("multipart/form-data"),
      fields: { ...inputsOf(content), ...choicesOf(content), ...textsOf(content), ...buttonOf(content) },
    }));
}

const attributeOf = (tag: string, name: string): string | null =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? null;

function inputsOf(content: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [tag] of content.matchAll(/<input\b[^>]*>/g)) {
    const name = attributeOf(tag, "name");
    const type = attributeOf(tag, "type") ?? "text";
    const isOff = /radio|checkbox/.test(type) && !/\bchecked\b/.test(tag) && name !== null && name in fields;
    if (name !== null && !isOff) {
      fields[name] = filled(name, attributeOf(tag, "value"));
    }
  }
  return fields;
}

function choicesOf(content: string): Record<string, string> {
  const selects = [...content.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)];
  return Object.fromEntries(
    selects.map(([, tag = "", options = ""]) => {
      const chosen = /<option[^>]*\bselected\b[^>]*>/.exec(options) ?? /<option[^>]*>/.exec(options);
      return [attributeOf(tag, "name") ?? "", unescaped(attributeOf(chosen?.[0] ?? "", "value") ?? "")];
    }),
  );
}

const textsOf = (content: string): Record<string, string> =>
  Object.fromEntries(
    [...content.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)].map(([, tag = "", text = ""]) => {
      const name = attributeOf(tag, "name") ?? "";
      return [name, filled(name, text)];
    }),
  );

/** The first button that says something, and not that of giving up. */
function buttonOf(content: string): Record<string, string> {
  for (const [tag] of content.matchAll(/<button\b[^>]*>/g)) {
    const name = attributeOf(tag, "name");
    if (name !== null && name !== "cancel") {
      return { [name]: unescaped(attributeOf(tag, "value") ?? "") };
    }
  }
  return {};
}

const filled = (name: string, given: string | null): string =>
  given === null || given === "" ? (TYPED[name] ?? "typed") : unescaped(given);

const CHARACTERS: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};
const unescaped = (text: string): string =>
  text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (name) => CHARACTERS[name] ?? name);
