import "./library-notices.ts";
import "./cheap-refusals.ts";

/** oidc-provider, for every file that runs its code: imported after its notices are intercepted. */
export { errors, interactionPolicy, Provider } from "oidc-provider";
