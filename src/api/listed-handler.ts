import type { Handler } from "../platform/web/context.ts";

/** A handler that says which routes it has, for the test that lists every route. */
export interface ListedHandler extends Handler {
  readonly routers: readonly { readonly stack: readonly { methods: string[]; path: string }[] }[];
}
