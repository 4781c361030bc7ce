import { globSync, readFileSync } from "node:fs";
import ts from "typescript";
import { isAuditType } from "../../src/domain/audit/audit-groups.ts";
import type { AuditType } from "../../src/domain/audit/audit-event.ts";

/**
 * The audit types that the sources write for no office alone: wherever an object has the type, its `officeId` is the word null. A
 * type whose office comes from elsewhere, such as by a spread, counts as one of an office.
 */
export function typesOfNoOffice(): AuditType[] {
  const offices = new Map<AuditType, boolean>();
  for (const path of globSync("src/**/*.ts")) {
    for (const { types, ofNone } of eventsIn(path)) {
      types.forEach((type) => offices.set(type, (offices.get(type) ?? true) && ofNone));
    }
  }
  return [...offices].flatMap(([type, ofNone]) => (ofNone ? [type] : []));
}

interface Written {
  readonly types: readonly AuditType[];
  readonly ofNone: boolean;
}

function eventsIn(path: string): Written[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Written[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const type = propertyOf(node, "type");
      const office = propertyOf(node, "officeId");
      if (type !== null) {
        // The type of a function that writes several comes from those who call it.
        const types = type === "shorthand" ? argumentsIn(source) : typesIn(type);
        const ofNone = office !== null && office !== "shorthand" && office.kind === ts.SyntaxKind.NullKeyword;
        found.push({ types, ofNone });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function propertyOf(node: ts.ObjectLiteralExpression, name: string): ts.Expression | "shorthand" | null {
  for (const property of node.properties) {
    if (ts.isPropertyAssignment(property) && property.name.getText() === name) {
      return property.initializer;
    }
    if (ts.isShorthandPropertyAssignment(property) && property.name.text === name) {
      return "shorthand";
    }
  }
  return null;
}

function typesIn(node: ts.Node): AuditType[] {
  const own = ts.isStringLiteral(node) && isAuditType(node.text) ? [node.text] : [];
  const below: AuditType[] = [];
  ts.forEachChild(node, (child) => {
    below.push(...typesIn(child));
  });
  return [...own, ...below];
}

function argumentsIn(node: ts.Node): AuditType[] {
  const own = ts.isCallExpression(node)
    ? node.arguments.flatMap((each) =>
        ts.isStringLiteral(each) && isAuditType(each.text) ? [each.text] : [],
      )
    : [];
  const below: AuditType[] = [];
  ts.forEachChild(node, (child) => {
    below.push(...argumentsIn(child));
  });
  return [...own, ...below];
}
