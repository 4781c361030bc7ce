import type { RouterContext } from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import type { Admitted, Staff } from "./console-access.ts";
import type { ConsoleContext, ConsolePage, PageOf } from "./page.ts";

/** A page with the access check that yields its context; there is no other way to one. */
export interface Route<Context extends ConsoleContext> extends Pick<
  PageOf<Context>,
  "show" | "submit" | "receive" | "isGrave"
> {
  readonly page: ConsolePage;
  readonly admit: (ctx: RouterContext<State>, caller: Staff) => Promise<Admitted<Context>>;
}
