/** A deep copy of what JSON can say; several times faster than `structuredClone`, which looks for all that it cannot. */
export const copyJson = <T>(value: T): T => copyOf(value) as T;

function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(copyOf);
  }
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (name === "__proto__") {
      // An assignment would change the prototype instead.
      Object.defineProperty(copy, name, { ...PLAIN, value: copyOf(item) });
    } else {
      copy[name] = copyOf(item);
    }
  }
  return copy;
}

const PLAIN = { configurable: true, enumerable: true, writable: true };
