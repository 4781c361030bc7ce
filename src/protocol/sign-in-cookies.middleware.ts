import type { Provider } from "oidc-provider";
import type { Context, Handler } from "../platform/web/context.ts";
import type { Cookies } from "../platform/web/cookies.ts";
import { cookieOptions } from "./cookie-settings.ts";
import type { LifetimeSettings } from "./lifetimes.ts";
import { looksLikeUid } from "./interactions.ts";
import { homeInCookie, joinCookies, splitCookies, valueOf } from "./joined-cookies.ts";

interface Deps {
  readonly provider: Provider;
  readonly cookies: Cookies;
  readonly settings: { readonly lifetimes: Pick<LifetimeSettings, "signInMinutes"> };
}

/** Browsers keep at least 50 cookies of a domain (RFC 6265 section 6.1). Ours are about twenty besides these. */
export const MOST_SIGN_INS = 20;

/** The time to follow the redirect at the end of a sign-in, which is as long as its result is good. */
const RESUME_MS = 60_000;

/**
 * One cookie for each unfinished sign-in, and none for a finished one. The library sets four: a value and a signature for the pages,
 * and the same for the last redirect. Forty open tabs were 160 cookies then, and the browser dropped those of other applications on
 * this domain. Each cookie has the path of its sign-in, so that no request carries many. One more cookie lists the
 * newest sign-ins: the oldest beyond their number loses its cookie, and its page offers the way back to the application. Tabs that
 * open at the same moment may lack in the list; their cookies end after an hour by themselves.
 */
export function signInCookies({ provider, cookies, settings }: Deps): Handler {
  const names = { interaction: provider.cookieName("interaction"), resume: provider.cookieName("resume") };
  const both = Object.values(names);
  return async (ctx, next) => {
    const begunHere = homeInCookie(ctx.get("Cookie"), names.interaction);
    ctx.state.signInHome = (begunHere ?? homeInCookie(ctx.get("Cookie"), names.resume))?.home ?? null;
    ctx.req.headers.cookie = splitCookies(ctx.get("Cookie"), both);
    try {
      await next();
    } finally {
      const sent = linesOf(ctx);
      const begun = sent.filter((line) => line.startsWith(`${names.interaction}=`)).map(valueOf);
      const followed = sent.some((line) => line.startsWith(`${names.resume}=`)) ? finishedUid(ctx) : null;
      setLines(
        ctx,
        sent.filter(
          (line) => !line.startsWith(`${names.resume}=`) && !line.startsWith(`${names.resume}.sig=`),
        ),
      );
      letFollow(ctx, provider, names.resume);
      const gone = listSignIns(ctx, cookies, { begun, followed });
      gone.forEach((uid) => {
        clear(ctx, provider, { name: names.interaction, path: `/interaction/${uid}` });
      });
      if (followed !== null) {
        clear(ctx, provider, { name: names.resume, path: ctx.path });
      }
      const joined = joinCookies(linesOf(ctx), both).map(wholeSignIn);
      setLines(
        ctx,
        joined.map((line) => withHome(line, names.resume, ctx.state.signInHome)),
      );
      if (begunHere !== null && ctx.state.signInHome !== begunHere.home) {
        const { signInMinutes: minutes } = settings.lifetimes;
        keepHome(ctx, provider, { name: names.interaction, value: begunHere.whole, minutes });
      }
    }
  };
}

/** Once the password is proved, the cookie of the sign-in says where its facts are: a hint, behind which another home has nothing. */
function keepHome(
  ctx: Context,
  { issuer }: Provider,
  { name, value, minutes }: { name: string; value: string; minutes: number },
): void {
  const [, path] = /^(\/interaction\/[\w-]+)/.exec(ctx.path) ?? [];
  const isGone = linesOf(ctx).some((line) => line.startsWith(`${name}=`));
  if (path === undefined || ctx.state.signInHome === null || isGone) {
    return;
  }
  const options = {
    ...cookieOptions(issuer),
    signed: false,
    overwrite: false,
    path,
    maxAge: minutes * 60_000,
  };
  ctx.cookies.set(name, [value, ctx.state.signInHome].join("."), options);
}

/** A consent and the question for another user have uids of their own, and their pages the same kind of path. */
const wholeSignIn = (line: string): string =>
  line.replace(/; path=(\/interaction\/[\w-]+)\/[\w-]+;/, "; path=$1;");

/** The cookie of the last redirect says where the login of the sign-in is, as that of its pages does. */
const withHome = (line: string, name: string, home: number | null): string =>
  home === null || !line.startsWith(`${name}=`) || valueOf(line) === ""
    ? line
    : line.replace(`${name}=${valueOf(line)}`, `$&.${String(home)}`);

/** The uid in the address of the last redirect of a sign-in. */
const finishedUid = ({ path }: Context): string | null =>
  /^\/(?:authorize|device)\/([\w-]+)$/.exec(path)?.[1] ?? null;

/** The redirect at the end of a sign-in needs the library's other cookie, which lives as long as that. */
function letFollow(ctx: Context, provider: Provider, name: string): void {
  const [, uid] =
    /^\/interaction\/([\w-]+)\//.exec(ctx.path) ?? /^\/interaction\/([\w-]+)$/.exec(ctx.path) ?? [];
  const location = ctx.response.get("Location");
  const to = URL.canParse(location, provider.issuer) ? new URL(location, provider.issuer) : null;
  if (uid !== undefined && to !== null && new RegExp(`^/(?:authorize|device)/${uid}$`).test(to.pathname)) {
    const options = { ...cookieOptions(provider.issuer), path: to.pathname, maxAge: RESUME_MS };
    ctx.cookies.set(name, uid, options);
  }
}

/** Keeps the list of unfinished sign-ins. Returns those whose cookies go. */
function listSignIns(
  ctx: Context,
  cookies: Cookies,
  { begun, followed }: { begun: readonly string[]; followed: string | null },
): string[] {
  if (begun.length === 0 && followed === null) {
    return [];
  }
  const listed = (cookies.read(ctx, "sign-ins") ?? "").split(".").filter(looksLikeUid);
  const open = [...begun.filter(looksLikeUid), ...listed.filter((uid) => uid !== followed)];
  const kept = open.slice(0, MOST_SIGN_INS);
  if (kept.length > 0) {
    cookies.write(ctx, "sign-ins", kept.join("."));
  } else if (listed.length > 0) {
    cookies.clear(ctx, "sign-ins");
  }
  if (followed !== null && cookies.read(ctx, "from") === followed) {
    cookies.clear(ctx, "from");
  }
  return [...open.slice(MOST_SIGN_INS), ...(followed === null ? [] : [followed])];
}

/** Without `overwrite`, which would take back a cookie of the same name and another path. */
function clear(ctx: Context, { issuer }: Provider, { name, path }: { name: string; path: string }): void {
  ctx.cookies.set(name, null, { ...cookieOptions(issuer), overwrite: false, path });
}

function linesOf({ res }: Context): string[] {
  const lines = res.getHeader("Set-Cookie") ?? [];
  return Array.isArray(lines) ? lines : [String(lines)];
}

function setLines({ res }: Context, lines: readonly string[]): void {
  if (lines.length === 0) {
    res.removeHeader("Set-Cookie");
  } else {
    res.setHeader("Set-Cookie", lines);
  }
}
