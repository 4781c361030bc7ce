/**
 * A typed client of the management API, without dependencies: docs/api.md says how to use it. `operations.ts` is made from the OpenAPI
 * document by scripts/client.ts; the other files are written by hand. Start at `client.ts`.
 */
export { createClient, type ClientSettings } from "./client.ts";
export { each } from "./each.ts";
export { ApiError } from "./api-error.ts";
export { TokenError } from "./access-token.ts";
export type * from "./answer.ts";
export type * from "./operations.ts";
