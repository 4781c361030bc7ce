import { jsonApplication } from "../harness/json-application.ts";

export const idpyoidc = jsonApplication("idpyoidc", {
  version: "5.0.0",
  switches: "`client_authn_methods`: without it the library cannot authenticate at a refresh",
});
