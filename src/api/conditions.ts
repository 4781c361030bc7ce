import { createHash } from "node:crypto";
import type { Context } from "../platform/web/context.ts";
import type { Operation } from "./operation.ts";
import { Problem, wrongField } from "./problem.ts";

/** Conditional requests (RFC 9110 section 13): a change of what the caller has read, and a read of what it may know already. */

/**
 * The tag of what is shown, without its quotation marks: the version, which a change compares, and a mark of all that the answer
 * shows, which a read compares. What the server itself writes, such as since when a webhook fails, changes the mark alone.
 */
export const tagOf = (version: string, shown: object): string =>
  `${version}.${createHash("sha256").update(JSON.stringify(shown)).digest("base64url").slice(0, 11)}`;

const VERSION = /^"([\w-]{1,100})(?:\.[\w-]{1,100})?"$/;

/** The versions of which the caller has read one; null for any (`*`). Weak tags never match (section 13.1.1). */
export function readVersions(ctx: Context, operation: Operation): readonly string[] | null {
  if (operation.method === "GET") {
    return null;
  }
  requireCompared(ctx, operation);
  if (!operation.takesVersion) {
    return null;
  }
  const sent = ctx.get("If-Match").trim();
  if (sent === "") {
    throw new Problem("version-required");
  }
  if (sent === "*") {
    return null;
  }
  const versions = (tagsIn(sent) ?? []).flatMap(({ isWeak, tag }) =>
    isWeak ? [] : (VERSION.exec(tag)?.[1] ?? []),
  );
  if (versions.length === 0) {
    throw new Problem("stale-version", { detail: "If-Match has no strong ETag of this API" });
  }
  return versions;
}

/** Whether the caller knows what it would be answered; tags are compared weakly, and `*` knows everything (section 13.1.2). */
export function isKnown(ctx: Context, { method, hasVersion }: Operation, tag: string): boolean {
  const sent = ctx.get("If-None-Match").trim();
  return (
    method === "GET" &&
    hasVersion &&
    (sent === "*" || (tagsIn(sent)?.some((known) => known.tag === `"${tag}"`) ?? false))
  );
}

/** A condition that is not compared is refused: what it was to prevent would be done. */
function requireCompared(ctx: Context, { takesVersion }: Operation): void {
  const names = takesVersion ? ["If-None-Match"] : ["If-Match", "If-None-Match"];
  const sent = names.find((name) => ctx.get(name).trim() !== "");
  if (sent !== undefined) {
    throw wrongField(sent, "is not compared here");
  }
}

interface Tag {
  readonly isWeak: boolean;
  /** With its quotation marks. */
  readonly tag: string;
}

/** One entry of a list, which may be empty (section 5.6.1), and what ends it. A tag may have a comma inside. */
const ENTRY = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(,|$)/y;

/** Null for what is no list of tags. */
function tagsIn(text: string): readonly Tag[] | null {
  const tags: Tag[] = [];
  ENTRY.lastIndex = 0;
  for (let end = ","; end === ",";) {
    const found = ENTRY.exec(text);
    if (found === null) {
      return null;
    }
    const [, weak, tag] = found;
    end = found[3] ?? "";
    if (tag !== undefined) {
      tags.push({ isWeak: weak !== undefined, tag });
    }
  }
  return tags;
}
