import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { journey } from "../../../src/screens/sign-in/journey.ts";
import type { Table } from "./journey-walk.ts";

export interface Mutant {
  readonly name: string;
  readonly table: Table;
}

const SOURCE = new URL("../../../src/screens/sign-in/journey.ts", import.meta.url);

/** The table with one row dropped, or with one pair of neighbours swapped. */
export function rowMutants(): Mutant[] {
  const table: Table = journey;
  const dropped = table.map((step, index) => ({
    name: `without ${step.name}`,
    table: table.filter((_, at) => at !== index),
  }));
  const swapped = table.slice(1).map((step, index) => ({
    name: `${step.name} before ${table[index]?.name ?? ""}`,
    table: [...table.slice(0, index), step, ...table.slice(index, index + 1), ...table.slice(index + 2)],
  }));
  return [...dropped, ...swapped];
}

/** The journey's own source with one clause left out (`a && b` → `a`, → `b`) or one negation taken away. */
export async function clauseMutants(): Promise<Mutant[]> {
  const text = withFullImports(readFileSync(SOURCE, "utf8"));
  const directory = mkdtempSync(join(tmpdir(), "vestibule-journey-"));
  writeFileSync(join(directory, "package.json"), '{"type":"module"}');
  try {
    const mutants: Mutant[] = [];
    for (const [index, change] of changesOf(text).entries()) {
      const file = join(directory, `journey-${String(index)}.ts`);
      writeFileSync(file, text.slice(0, change.start) + change.by + text.slice(change.end));
      const module = (await import(pathToFileURL(file).href)) as { journey: Table };
      mutants.push({ name: change.name, table: module.journey });
    }
    return mutants;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A copy in another folder imports what the original does. */
const withFullImports = (text: string): string =>
  text.replaceAll(/(?<=from ")\.[^"]+(?=")/g, (path) => new URL(path, SOURCE).href);

interface Change {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function changesOf(text: string): Change[] {
  const source = ts.createSourceFile("journey.ts", text, ts.ScriptTarget.Latest, true);
  const changes: Change[] = [];
  const visit = (node: ts.Node): void => {
    changes.push(...changesAt(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return changes;
}

function changesAt(node: ts.Node, source: ts.SourceFile): Change[] {
  const written = node.getText(source).replace(/\s+/g, " ");
  const replace = (by: ts.Node): Change => {
    const kept = by.getText(source);
    return { name: `${written} → ${kept}`, start: node.getStart(source), end: node.getEnd(), by: kept };
  };
  if (ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind)) {
    return [replace(node.left), replace(node.right)];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [replace(node.operand)];
  }
  return [];
}

const isLogical = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
