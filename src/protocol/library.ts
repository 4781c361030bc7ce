import "./library-notices.ts";

/** oidc-provider, for every file that runs its code: imported here, after somebody listens to what it says. */
export { errors, interactionPolicy, Provider } from "oidc-provider";
