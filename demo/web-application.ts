// The demo web application: a confidential client that shows how to hand sign-in over to an identity
// provider. It owns its own sessions and pages and knows nothing of the identity provider but its address.
// Start reading here, then `routes.ts` (its pages) and `web-sign-in.ts` (there and back again).
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import Koa, { type Context, type Middleware } from "koa";
import { ClientSecretBasic } from "openid-client";
import { lazyDiscovery } from "./identity-provider.ts";
import { logoutTokenVerifier } from "./logout-token.ts";
import { webRoutes } from "./routes.ts";
import { demoWebAddresses, type WebDesk } from "./web-desk.ts";
import { messagePage } from "./web-pages.ts";
import { webMemory } from "./web-session.ts";

export interface DemoWebApplicationOptions {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** 0 takes any free port. */
  port: number;
}

export interface RunningApplication {
  url: string;
  close(): Promise<void>;
}

/** Listens on the loopback interface only. Rejects when the port is in use. */
export async function startDemoWebApplication(
  options: DemoWebApplicationOptions,
): Promise<RunningApplication> {
  const server = createServer();
  const port = await listen(server, options.port);
  const desk = webDesk(options, port);
  const app = new Koa();
  app.on("error", (error: Error) => console.error(`demo web application: ${error.message}`));
  app.use(securityHeaders(options.issuer));
  app.use(await assets());
  app.use(webRoutes(desk).routes());
  app.use(notFound);
  const answer = app.callback();
  server.on("request", (request, response) => {
    void answer(request, response);
  });
  return { url: desk.addresses.url, close: () => close(server) };
}

function webDesk({ issuer, clientId, clientSecret }: DemoWebApplicationOptions, port: number): WebDesk {
  const provider = lazyDiscovery({ issuer, clientId, authentication: ClientSecretBasic(clientSecret) });
  return {
    issuer,
    addresses: demoWebAddresses(port),
    memory: webMemory(),
    provider,
    verifyLogoutToken: logoutTokenVerifier(provider),
  };
}

function securityHeaders(issuer: string): Middleware {
  // "Sign out everywhere" is a form whose answer redirects to the identity provider: browsers apply
  // `form-action` to that redirect too.
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return async (ctx, next) => {
    ctx.set("Content-Security-Policy", policy);
    ctx.set("X-Content-Type-Options", "nosniff");
    // The address of the callback holds a code: no other site gets to see it.
    ctx.set("Referrer-Policy", "no-referrer");
    ctx.set("Cache-Control", "no-store");
    await next();
  };
}

async function assets(): Promise<Middleware> {
  const files = new Map([
    ["/demo.css", { type: "css", body: await readAsset("demo.css") }],
    ["/icon.svg", { type: "svg", body: await readAsset("icon.svg") }],
  ]);
  return async (ctx, next) => {
    const file = files.get(ctx.path);
    if (!file) {
      await next();
      return;
    }
    ctx.set("Cache-Control", "max-age=60");
    ctx.type = file.type;
    ctx.body = file.body;
  };
}

function readAsset(name: string): Promise<string> {
  return readFile(new URL(`assets/${name}`, import.meta.url), "utf8");
}

function notFound(ctx: Context): void {
  const page = messagePage({
    title: "There is no such page",
    text: "Go back to the start.",
    action: "Sign in",
  });
  ctx.status = 404;
  ctx.type = "html";
  ctx.body = page.text;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
