import Router from "@koa/router";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { now } from "../../kernel/clock.ts";
import { PageError } from "../../kernel/errors.ts";
import { foldOfficeCode } from "../../domain/offices/office.ts";
import type { OfficeLinkGuard } from "../../domain/offices/office-link-guard.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";

/**
 * Welcome: pages outside of any sign-in. The root says what runs here. `/o/<code>` is the URL that an office gives to
 * its users; it remembers the office in the browser.
 */

export interface WelcomeDeps {
  readonly offices: OfficeStore;
  readonly applications: ApplicationStore;
  readonly linkGuard: OfficeLinkGuard;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly demoUrl: string | null;
  /** Our origin, where passkeys are made for another domain than the issuer's host; else null. */
  readonly relatedOrigin: string | null;
}

export function welcomeRoutes(deps: WelcomeDeps): Router<State> {
  const router = new Router<State>();
  const { renderer, demoUrl, relatedOrigin } = deps;

  router.get("/", async (ctx) => {
    const discoveryHref = "/.well-known/openid-configuration";
    renderer.page(ctx, "welcome/welcome", {
      office: await renderer.officeOf(ctx),
      demoHref: demoUrl,
      discoveryHref,
    });
  });
  // Related origin requests (WebAuthn Level 3 section 5.11): what the domain of the passkeys has to serve as well.
  if (relatedOrigin !== null) {
    router.get("/.well-known/webauthn", (ctx) => {
      ctx.body = { origins: [relatedOrigin] };
    });
  }
  router.get("/o/:code", async (ctx) => {
    await openOffice(deps, ctx, ctx.params["code"] ?? "");
  });
  return router;
}

/** Remembers the office in this browser, so that users type one field less, and links to the applications. */
async function openOffice(deps: WelcomeDeps, ctx: Context, typed: string) {
  const { offices, applications, renderer, cookies } = deps;
  noStore(ctx);
  const code = foldOfficeCode(typed);
  await requireFree(deps, ctx, code);
  const office = await offices.findByCode(code);
  if (office === null || office.status !== "open") {
    throw new PageError("not-found");
  }
  cookies.write(ctx, "office", office.code);
  const links = (await applications.list(100))
    .filter(({ officeId, firstParty }) => officeId === office.id || (officeId === null && firstParty))
    .flatMap(({ name, homeUrl }) => (homeUrl === null ? [] : [{ name, href: homeUrl }]));
  renderer.page(ctx, "welcome/office", { office, code: office.code, links });
}

/** A browser that already knows the office opens its link as often as it likes. */
async function requireFree({ linkGuard, cookies }: WelcomeDeps, ctx: Context, code: string): Promise<void> {
  const until =
    cookies.read(ctx, "office") === code ? null : await linkGuard.reserve(code, ctx.state.visitor);
  if (until !== null) {
    const retryAfter = Math.max(1, Math.ceil((until.getTime() - now().getTime()) / 1_000));
    throw new PageError("too-many-offices", { retryAfter });
  }
}
