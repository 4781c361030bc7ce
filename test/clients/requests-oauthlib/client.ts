import { jsonApplication } from "../harness/json-application.ts";

export const requestsOauthlib = jsonApplication("requests-oauthlib", {
  version: "2.0.0",
  switches: '`pkce="S256"`: by default it sends neither PKCE nor a nonce',
});
