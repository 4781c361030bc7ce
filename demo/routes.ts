import { timingSafeEqual } from "node:crypto";
import Router, { type RouterContext } from "@koa/router";
import getRawBody from "raw-body";
import { describeError } from "./describe-error.ts";
import type { Answer, SignedInVisit, Visit, WebDesk } from "./web-desk.ts";
import { errorAnswer, messagePage, signedInHomePage, signedOutHomePage } from "./web-pages.ts";
import { randomId } from "./web-session.ts";
import { finishSignIn, startSignIn } from "./web-sign-in.ts";
import { backchannelLogout, signedOut, signOutEverywhere, signOutHere } from "./web-sign-out.ts";
import { callUserinfo, refresh } from "./web-tokens.ts";

type Show = (desk: WebDesk, visit: Visit) => Answer | Promise<Answer>;
type Act = (desk: WebDesk, visit: SignedInVisit) => Promise<Answer>;

// Cookies of an application on https also carry `secure: true` and the name prefix `__Host-`.
const sessionCookie = "demo_session";
const browserCookie = "demo_browser";
const cookieOptions = { httpOnly: true, sameSite: "lax", overwrite: true } as const;

/** The pages of the demo web application. */
export function webRoutes(desk: WebDesk): Router {
  const router = new Router();
  const show = (handle: Show) => (ctx: RouterContext) => answerVisit(ctx, desk, handle);
  const act = (handle: Act) => (ctx: RouterContext) => answerForm(ctx, desk, handle);
  router.get("/", show(home));
  router.get("/sign-in", show(startSignIn));
  router.get("/callback", show(finishSignIn));
  router.get("/signed-out", show(signedOut));
  router.post("/refresh", act(refresh));
  router.post("/userinfo", act(callUserinfo));
  router.post("/sign-out", act(signOutHere));
  router.post("/sign-out-everywhere", act(signOutEverywhere));
  router.post("/backchannel-logout", (ctx) => answerProvider(ctx, desk));
  return router;
}

function home(desk: WebDesk, { session }: Visit): Answer {
  if (!session) return { type: "page", status: 200, page: signedOutHomePage(desk.issuer) };
  const { notice } = session;
  session.notice = undefined;
  return { type: "page", status: 200, page: signedInHomePage(session, notice) };
}

async function answerVisit(ctx: RouterContext, desk: WebDesk, handle: Show): Promise<void> {
  const visit = readVisit(ctx, desk);
  try {
    send(ctx, await handle(desk, visit));
  } catch (error) {
    const { status, technical } = describeError(error);
    if (status >= 500) ctx.app.emit("error", new Error(`${visit.path}: ${technical}`), ctx);
    send(ctx, errorAnswer(visit.session, error));
  }
}

async function answerForm(ctx: RouterContext, desk: WebDesk, handle: Act): Promise<void> {
  const csrf = await readField(ctx, "csrf");
  await answerVisit(ctx, desk, async (_desk, visit) => {
    const { session } = visit;
    // The session ended in the meantime: the start page says so by offering to sign in.
    if (!session) return { type: "go", to: "/" };
    if (!isSame(csrf, session.csrf)) return forged();
    return handle(desk, { ...visit, session });
  });
}

/** OpenID Connect Back-Channel Logout 1.0, sections 2.5 and 2.8. */
async function answerProvider(ctx: RouterContext, desk: WebDesk): Promise<void> {
  ctx.set("Cache-Control", "no-store");
  try {
    await backchannelLogout(desk, await readField(ctx, "logout_token"));
    ctx.status = 200;
    ctx.body = "";
  } catch (error) {
    ctx.app.emit("error", new Error(`back-channel logout refused: ${describeError(error).technical}`), ctx);
    ctx.status = 400;
    ctx.body = { error: "invalid_request", error_description: "the logout token was not accepted" };
  }
}

function readVisit(ctx: RouterContext, desk: WebDesk): Visit {
  const id = ctx.cookies.get(sessionCookie);
  return {
    browserId: readBrowserId(ctx),
    session: id === undefined ? undefined : desk.memory.sessions.find(id),
    path: ctx.path,
    query: new URLSearchParams(ctx.querystring),
  };
}

function readBrowserId(ctx: RouterContext): string {
  const known = ctx.cookies.get(browserCookie);
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return known;
  const browserId = randomId();
  ctx.cookies.set(browserCookie, browserId, cookieOptions);
  return browserId;
}

/** A form that cannot be read, or that names the field twice, has no such field. */
async function readField(ctx: RouterContext, name: string): Promise<string> {
  const body = await getRawBody(ctx.req, { limit: "16kb", encoding: "utf8" }).catch(() => "");
  const [value = "", ...more] = new URLSearchParams(body).getAll(name);
  return more.length === 0 ? value : "";
}

function send(ctx: RouterContext, answer: Answer): void {
  if (answer.type === "page") {
    ctx.status = answer.status;
    ctx.type = "html";
    ctx.body = answer.page.text;
    return;
  }
  if (answer.session) ctx.cookies.set(sessionCookie, answer.session.id, cookieOptions);
  if (answer.session === null) ctx.cookies.set(sessionCookie, null, cookieOptions);
  ctx.redirect(answer.to);
  ctx.status = 303;
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function forged(): Answer {
  const page = messagePage({
    title: "This form is too old",
    text: "Go back to the start and press the button again.",
    action: "Try again",
  });
  return { type: "page", status: 403, page };
}
