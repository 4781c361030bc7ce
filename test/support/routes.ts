import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { composeServer } from "../../src/server/wiring/server.ts";
import type { TestVestibule } from "./vestibule.ts";

/** What is served before any router looks. */
export const BEFORE_ROUTERS = ["GET /health/live", "GET /health/ready", "GET /assets/:file"];

/** All routes of our routers and of oidc-provider's own. That one has no list, so it is watched while it registers them. */
export async function routesOf({ services }: TestVestibule): Promise<string[]> {
  const library = pathToFileURL(createRequire(import.meta.url).resolve("oidc-provider"));
  const { default: Router } = (await import(new URL("helpers/router.js", library).href)) as {
    default: { prototype: Record<string, (...words: unknown[]) => unknown> };
  };
  const found: string[] = [];
  const originals = new Map(
    ["get", "post", "put", "delete", "options"].map((name) => [name, Router.prototype[name]]),
  );
  for (const [name, original] of originals) {
    Router.prototype[name] = function (this: unknown, ...words: unknown[]) {
      found.push(`${name.toUpperCase()} ${String(words[1])}`);
      return original?.apply(this, words);
    };
  }
  try {
    const server = await composeServer(services);
    await server.close();
    const ours: readonly unknown[] = server.app.middleware;
    return [...new Set([...found, ...ourRoutes(ours as OfRouter[])])];
  } finally {
    originals.forEach((original, name) => Object.assign(Router.prototype, { [name]: original }));
  }
}

interface OfRouter {
  readonly routers?: readonly { readonly stack?: readonly { methods: string[]; path: string }[] }[];
}

const ourRoutes = (middleware: readonly OfRouter[]): string[] =>
  middleware
    .flatMap(({ routers = [] }) => routers.flatMap(({ stack = [] }) => stack))
    .flatMap(({ methods, path }) =>
      methods.filter((method) => method !== "HEAD").map((method) => `${method} ${path}`),
    );
