import "../library-notices.ts";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Provider } from "oidc-provider";
import type { SigningJwk } from "./signing-key.ts";

/**
 * oidc-provider reads its keys once and offers no way to change them. The function that it reads them with is imported
 * from inside the package, whose version is pinned; a version without it fails here, at the start.
 */
const initialize = load();

/** Replaces the keys of a running provider, all at once: signing, checking and the published set. */
export function useKeys(provider: Provider, keys: readonly SigningJwk[]): void {
  initialize.call(provider, { keys: [...keys] });
}

type Initialize = (this: Provider, jwks: { keys: SigningJwk[] }) => void;

function load(): Initialize {
  // Required and not imported: an import could only be awaited, which a module of ours must not do while it loads.
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
