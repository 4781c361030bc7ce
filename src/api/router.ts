import { API_PATH } from "../domain/applications/own-application.ts";
import type { Method, Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

/** An address of the API: its operations by method. */
interface Address {
  readonly segments: readonly string[];
  readonly operations: ReadonlyMap<Method, Operation>;
}

export interface FoundAddress {
  readonly operations: ReadonlyMap<Method, Operation>;
  /** What the address says for each parameter of the path. Untrusted. */
  readonly parameters: Readonly<Record<string, string>>;
}

const ADDRESSES: readonly Address[] = [...new Set(OPERATIONS.map(({ path }) => path))].map((path) => ({
  segments: path.split("/").slice(1),
  operations: new Map(OPERATIONS.filter((each) => each.path === path).map((each) => [each.method, each])),
}));

/** Null where nothing is. Paths are case-sensitive and have one spelling (RFC 3986 section 6.2.2.1). */
export function findAddress(path: string): FoundAddress | null {
  const sent = path.slice(API_PATH.length + 1).split("/");
  const found = ADDRESSES.find(
    ({ segments }) =>
      segments.length === sent.length &&
      segments.every((segment, place) => nameOf(segment) !== null || segment === sent[place]),
  );
  if (found === undefined) {
    return null;
  }
  const parameters = found.segments.flatMap((segment, place) => {
    const name = nameOf(segment);
    return name === null ? [] : [[name, sent[place] ?? ""] as const];
  });
  return { operations: found.operations, parameters: Object.fromEntries(parameters) };
}

const nameOf = (segment: string): string | null => /^\{(\w+)\}$/.exec(segment)?.[1] ?? null;
