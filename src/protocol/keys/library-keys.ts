import "../library-notices.ts";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Provider } from "oidc-provider";
import type { SigningJwk } from "./signing-key.ts";

/**
 * oidc-provider reads its keys once and has no API to change them. The function that reads them is loaded from inside
 * the package. The version is pinned, and a version without the function fails here, at the start.
 */
const initialize = load("helpers/initialize_keystore.js", isInitialize);
const instance = load("helpers/weak_cache.js", isInstance);

/** What the library announces of its keys. It only ever adds to these lists. */
const ANNOUNCED = ["idTokenSigningAlgValues", "userinfoSigningAlgValues"] as const;

/**
 * Replaces the keys of a running provider at once: for signing, for verification, in the published set, and in the algorithms of the
 * discovery document.
 */
export function useKeys(provider: Provider, keys: readonly SigningJwk[]): void {
  const { configuration } = instance(provider);
  for (const name of ANNOUNCED) {
    configuration[name] = [];
  }
  initialize.call(provider, { keys: [...keys] });
}

type Initialize = (this: Provider, jwks: { keys: SigningJwk[] }) => void;
type Instance = (provider: Provider) => { configuration: Record<(typeof ANNOUNCED)[number], string[]> };

function isInitialize(exported: unknown): exported is Initialize {
  return typeof exported === "function";
}

function isInstance(exported: unknown): exported is Instance {
  return typeof exported === "function";
}

/** What a file inside the library exports. */
function load<Exported>(file: string, is: (exported: unknown) => exported is Exported): Exported {
  // `require`, because a dynamic import needs top-level await, which our modules do not use.
  const inside = new URL(file, import.meta.resolve("oidc-provider"));
  const module: unknown = createRequire(import.meta.url)(fileURLToPath(inside));
  const exported: unknown =
    typeof module === "object" && module !== null ? Reflect.get(module, "default") : null;
  if (!is(exported)) {
    throw new Error("oidc-provider reads its keys in another way now.");
  }
  return exported;
}
