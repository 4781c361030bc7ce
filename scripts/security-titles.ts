import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** A test that names a security check. */
export interface SecurityTitle {
  readonly checks: readonly number[];
  /** Without the numbers; variable parts are `…`. */
  readonly title: string;
  /** Path from the root of the project. */
  readonly file: string;
}

const ROOT = new URL("../", import.meta.url);
const NUMBERED = /^(?<numbers>(?:T\d{1,3} )+)(?<title>.+)$/s;

/** Every text in `test/` that begins with the number of a check, such as "T30 …", in the order of files and lines. */
export function readSecurityTitles(): SecurityTitle[] {
  return readdirSync(new URL("test/", ROOT), { recursive: true, encoding: "utf8" })
    .map((name) => `test/${name.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .flatMap(titlesIn);
}

function titlesIn(file: string): SecurityTitle[] {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const titles: SecurityTitle[] = [];
  const visit = (node: ts.Node): void => {
    const words = NUMBERED.exec(textOf(node) ?? "")?.groups;
    if (words !== undefined) {
      const checks = [...(words["numbers"] ?? "").matchAll(/\d+/g)].map(([number]) => Number(number));
      titles.push({ checks, title: words["title"] ?? "", file });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return titles;
}

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  return ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => `…${literal.text}`)].join("")
    : null;
}
