import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import type { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { utf8 } from "../../kernel/utf8.ts";
import { OptionFaults, type OptionFault } from "../option-faults.ts";
import { siteSchema, type Site } from "./site-schema.ts";

/** Far more than a site of 10,000 users has. */
const MAX_BYTES = 32 * 1024 * 1024;

export type Path = readonly PropertyKey[];

/** A file that was read, and where in it each thing is. */
export interface SiteFile {
  readonly site: Site;
  /** Files that it names are named from here. */
  readonly directory: string;
  /** The fault of what is at this path, with its line. */
  fault(path: Path, message: string): OptionFault;
}

/** Reads and judges a file. Throws OptionFaults with the line of each fault. */
export function readSite(file: string): SiteFile {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), {
    ...{ lineCounter: lines, prettyErrors: false },
    logLevel: "error",
  });
  // A tag that there is not would be passed over, and what it marks (a sealed value) taken as it is written.
  const broken = [...document.errors, ...document.warnings, ...aliasesOfNothing(document)];
  if (broken.length > 0) {
    throw new OptionFaults(
      broken.map(({ pos: [offset], message }) => ({
        option: `${file}:${String(lines.linePos(offset).line)}`,
        message,
      })),
    );
  }
  const fault = (path: Path, message: string): OptionFault => ({
    option: `${file}:${String(lines.linePos(offsetOf(document, path)).line)}`,
    message: path.length === 0 ? message : `${written(path)}: ${message}`,
  });
  const parsed = siteSchema.safeParse(valueOf(document) ?? {});
  if (!parsed.success) {
    throw new OptionFaults(parsed.error.issues.flatMap((issue) => faultsOf(issue, fault)));
  }
  return { site: parsed.data, directory: dirname(resolve(file)), fault };
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES) {
      throw new OperatorError(`${file} has more than ${String(MAX_BYTES / 1024 / 1024)} MiB.`);
    }
    const text = utf8(readFileSync(file));
    if (text === null) {
      throw new OperatorError(`${file} cannot be read as a text in UTF-8.`);
    }
    return text;
  } catch (cause) {
    if (cause instanceof OperatorError) {
      throw cause;
    }
    throw new OperatorError(`${file} cannot be read as a text.`, { cause });
  }
}

interface Broken {
  readonly pos: readonly [offset: number, ...rest: unknown[]];
  readonly message: string;
}

/** Each alias whose anchor is not before it. */
function aliasesOfNothing(document: Document.Parsed): readonly Broken[] {
  const anchors = new Set<string>();
  const broken: Broken[] = [];
  visit(document, {
    Value: (_, { anchor }) => {
      anchors.add(anchor ?? "");
    },
    Alias: (_, { source, range }) => {
      if (!anchors.has(source)) {
        broken.push({
          pos: [range?.[0] ?? 0],
          message: `Unresolved alias: there is no &${source} before it`,
        });
      }
    },
  });
  return broken;
}

/** Throws for a file that is little text and much content. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new OperatorError("The file repeats itself by too many aliases.", { cause });
  }
}

const faultsOf = (issue: z.core.$ZodIssue, fault: SiteFile["fault"]): readonly OptionFault[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => fault([...issue.path, key], "is no field that there is"))
    : [fault(issue.path, issue.message)];

/** `offices[0].secondFactor.from` */
const written = (path: Path): string =>
  path
    .map((part) => (typeof part === "number" ? `[${String(part)}]` : `.${String(part)}`))
    .join("")
    .slice(1);

/** Where the key of the path is, or what is nearest above it. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const node: unknown = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      return node.range[0];
    }
  }
  return 0;
}
