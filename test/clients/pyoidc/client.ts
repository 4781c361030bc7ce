import { jsonApplication } from "../harness/json-application.ts";

export const pyoidc = jsonApplication("pyoidc", { version: "1.7.0", switches: "–" });
