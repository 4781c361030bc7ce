import { OperatorError } from "../../kernel/errors.ts";

/**
 * The objects of an export: of a JSON document that is a list, or has the list in one of its members, or of JSON Lines. Several
 * documents may follow each other, each on its own lines.
 */
export function readExport(text: string, member: string): unknown[] {
  const plain = text.replace(/^\u{feff}/u, "").trim();
  const whole = parsed(plain);
  if (whole !== null) {
    return membersOf(whole, member);
  }
  return plain.split(/\r?\n/).flatMap((line, at) => {
    const value = line.trim() === "" ? [] : parsed(line);
    if (value === null) {
      throw new OperatorError(
        `Line ${String(at + 1)} is no JSON. The export has to be one document, or a document on each line.`,
      );
    }
    return membersOf(value, member);
  });
}

function membersOf(value: object, member: string): unknown[] {
  if (Array.isArray(value)) {
    return value as unknown[];
  }
  const inner = Object.entries(value).find(([name]) => name === member)?.[1] as unknown;
  return Array.isArray(inner) ? (inner as unknown[]) : [value];
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
