import { globSync, readFileSync } from "node:fs";
import ts from "typescript";
import { FACTOR_KINDS, type FactorKind } from "../../src/domain/factors/factor.ts";

/**
 * Which factor kinds each file of src and views calls by name: as a word of a text, such as a value, a fact, a list or a
 * statement, and as the name of a field. A comment, a variable and the name of a page are no such call.
 */
export function kindsNamedByFile(): Map<string, readonly FactorKind[]> {
  const sources = globSync("src/**/*.ts").map((path) => [path, wordsOfSource(path)] as const);
  const views = globSync("views/**/*.njk").map((path) => [path, wordsOfView(path)] as const);
  const named = [...sources, ...views].map(
    ([path, words]) =>
      [path.replaceAll("\\", "/"), FACTOR_KINDS.filter((kind) => words.some(isAbout(kind)))] as const,
  );
  return new Map(named.filter(([, kinds]) => kinds.length > 0));
}

const isAbout = (kind: FactorKind) => (word: string) =>
  [kind, `new-${kind}`, `${kind}-proved`, `${kind}-enrolled`].includes(word) ||
  word.startsWith(`factor.${kind}.`);

const wordsOf = (text: string): string[] => text.split(/[^\w.-]+/);

function wordsOfSource(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const words: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      return;
    }
    if (isText(node)) {
      words.push(...wordsOf(withoutProse(node.text)));
    }
    if (ts.isIdentifier(node) && isFieldName(node)) {
      words.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return words;
}

/** "Email" is also a plain word. It is a kind where it is all of a text, or in quotes. */
const withoutProse = (text: string): string =>
  text === "email" ? text : text.replaceAll(/(?<!['\w.-])email(?!['\w.-])/g, " ");

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteral(node) ||
  ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node);

function isFieldName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyAccessExpression(parent)
      ? parent.name === node
      : false) ||
    ts.isShorthandPropertyAssignment(parent) ||
    (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent))
  );
}

/** Comments of Nunjucks aside. */
const wordsOfView = (path: string): string[] =>
  wordsOf(readFileSync(path, "utf8").replaceAll(/\{#.*?#\}/gs, " "));
