import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Handler } from "./context.ts";

const TYPES: Record<string, string> = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly gzipped: Buffer;
}

/** Serves assets/ from memory. Each URL holds a hash of the content, so that browsers can cache it for a year. */
export class Assets {
  readonly #urls = new Map<string, string>();
  readonly #assets = new Map<string, Asset>();

  /** `others`: files of libraries, by the names that pages know them by. */
  constructor(directory: URL, others: Readonly<Record<string, URL>>) {
    const own = readdirSync(directory).map((name) => [name, new URL(name, directory)] as const);
    for (const [name, place] of [...own, ...Object.entries(others)]) {
      const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
      if (type !== undefined) {
        this.#add(name, type, readFileSync(place));
      }
    }
  }

  #add(name: string, type: string, content: Buffer): void {
    const mark = createHash("sha256").update(content).digest("base64url").slice(0, 10);
    this.#urls.set(name, `/assets/${mark}/${name}`);
    this.#assets.set(`/assets/${mark}/${name}`, {
      type,
      content,
      gzipped: gzipSync(content, { level: 9 }),
    });
  }

  urlOf(name: string): string {
    const url = this.#urls.get(name);
    if (url === undefined) {
      throw new Error(`There is no asset ${name}.`);
    }
    return url;
  }

  readonly serve: Handler = async (ctx, next) => {
    const asset = ctx.method === "GET" || ctx.method === "HEAD" ? this.#assets.get(ctx.path) : undefined;
    if (asset === undefined) {
      await next();
      return;
    }
    ctx.set("Cache-Control", "public, max-age=31536000, immutable");
    ctx.set("Cross-Origin-Resource-Policy", "same-origin");
    ctx.type = asset.type;
    ctx.vary("Accept-Encoding");
    // Files alone: a page has secrets beside what a stranger can put there, and its length would tell them (BREACH).
    const isGzipped = ctx.acceptsEncodings("gzip", "identity") === "gzip";
    if (isGzipped) {
      ctx.set("Content-Encoding", "gzip");
    }
    ctx.body = isGzipped ? asset.gzipped : asset.content;
  };
}
