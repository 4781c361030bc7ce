import "../library-notices.ts";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Provider } from "oidc-provider";
import type { SigningJwk } from "./signing-key.ts";

/**
 * oidc-provider reads its keys once and has no API to change them. The function that reads them is loaded from inside
 * the package. The version is pinned, and a version without the function fails here, at the start.
 */
const initialize = load();

/** Replaces the keys of a running provider at once: for signing, for verification and in the published set. */
export function useKeys(provider: Provider, keys: readonly SigningJwk[]): void {
  initialize.call(provider, { keys: [...keys] });
}

type Initialize = (this: Provider, jwks: { keys: SigningJwk[] }) => void;

function load(): Initialize {
  // `require`, because a dynamic import needs top-level await, which our modules do not use.
  const inside = new URL("helpers/initialize_keystore.js", import.meta.resolve("oidc-provider"));
  const module: unknown = createRequire(import.meta.url)(fileURLToPath(inside));
  if (!isKeystoreModule(module)) {
    throw new Error("oidc-provider reads its keys in another way now.");
  }
  return module.default;
}

function isKeystoreModule(module: unknown): module is { default: Initialize } {
  return (
    typeof module === "object" &&
    module !== null &&
    "default" in module &&
    typeof module.default === "function"
  );
}
