import { timeZoneOf } from "../../kernel/time-zone.ts";
import type { Context, Handler } from "./context.ts";
import type { Cookies } from "./cookies.ts";

/** Chooses the time zone of a page: what the browser says, else the installation's. A page that knows more says so (`preferZone`). */
export function chooseTimeZone(cookies: Cookies, installation: string): Handler {
  return async (ctx, next) => {
    const browser = browserZone(ctx, cookies);
    ctx.state.zone = { name: browser ?? installation, isNamed: browser === null };
    await next();
  };
}

/** What a page knows about the zone of its reader; null: nothing. */
interface Known {
  /** Chosen on the account page. */
  readonly own: string | null;
  readonly office: string | null;
}

/** The reader's own choice, else what the browser says, else the office's zone, else the installation's. */
export function preferZone(ctx: Context, cookies: Cookies, { own, office }: Known): void {
  const sure = (own === null ? null : timeZoneOf(own)) ?? browserZone(ctx, cookies);
  const name = sure ?? (office === null ? null : timeZoneOf(office)) ?? ctx.state.zone.name;
  ctx.state.zone = { name, isNamed: sure === null };
}

/** A script writes it, so it is neither signed nor trusted: a name that the runtime does not know counts as none. */
function browserZone(ctx: Context, cookies: Cookies): string | null {
  const said = cookies.readUnsigned(ctx, "zone");
  return said === null ? null : timeZoneOf(said);
}
