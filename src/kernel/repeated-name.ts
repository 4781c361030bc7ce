const PIECE = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** A name that an object of this JSON has twice; null for none. `JSON.parse` takes the last one; a gateway before the server may judge the first. */
export function repeatedName(json: string): string | null {
  // The names of each object that is open; those of an array stay empty.
  const open: Set<string>[] = [];
  for (const [piece, colon] of json.matchAll(PIECE)) {
    const name = colon === undefined ? null : nameOf(piece);
    const names = name === null ? undefined : open.at(-1);
    if (name !== null && names?.has(name) === true) {
      return name;
    }
    names?.add(name ?? "");
    if (piece === "{" || piece === "[") {
      open.push(new Set());
    }
    if (piece === "}" || piece === "]") {
      open.pop();
    }
  }
  return null;
}

/** Without the colon; what is escaped is the same name. */
const nameOf = (piece: string): string => String(JSON.parse(piece.slice(0, piece.lastIndexOf('"') + 1)));
