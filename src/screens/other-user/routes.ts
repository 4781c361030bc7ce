import Router from "@koa/router";
import { applicationView } from "../../domain/applications/application-view.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { UserStore } from "../../domain/users/user-store.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import { preferLanguages } from "../../platform/web/language.ts";
import { showForm } from "../../platform/web/page-kit.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import type { Interaction, Interactions } from "../../protocol/interactions.ts";

/**
 * An application asks for another user than the one signed in (`id_token_hint`, or a subject in `claims`). The page says so and offers
 * both ways on: to sign in as that user, which replaces the session, or to go back to the application with an error. It says nothing
 * about the user who is asked for: an application may name any subject, and would learn which accounts there are.
 */

export interface OtherUserDeps {
  readonly interactions: Interactions;
  readonly users: UserStore;
  readonly offices: OfficeStore;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
}

export function otherUserRoutes(deps: OtherUserDeps): Router<State> {
  const router = new Router<State>();
  const { interactions, csrf } = deps;

  router.get("/interaction/:uid/other-user", async (ctx) => {
    await show(deps, ctx, await interactionOf(deps, ctx, ctx.params["uid"] ?? ""));
  });

  router.post("/interaction/:uid/other-user", async (ctx) => {
    const uid = ctx.params["uid"] ?? "";
    const fields = await csrf.read(ctx, uid);
    await interactionOf(deps, ctx, uid);
    const isSwitch = fields["decision"] === "switch";
    seeOther(ctx, await (isSwitch ? interactions.signInAsAsked(ctx) : interactions.keepSignedIn(ctx)));
  });
  return router;
}

async function interactionOf(deps: OtherUserDeps, ctx: Context, uid: string): Promise<Interaction> {
  noStore(ctx);
  const interaction = await deps.interactions.get(ctx, uid);
  if (interaction.prompt !== "other_user") {
    throw new PageError("expired");
  }
  return interaction;
}

async function show(
  { users, offices, renderer, csrf, cookies }: OtherUserDeps,
  ctx: Context,
  { uid, application, params, sessionAccountId }: Interaction,
): Promise<void> {
  const account = sessionAccountId === null ? null : await users.findAccount(sessionAccountId);
  if (account === null) {
    throw new PageError("expired");
  }
  const shown = applicationView(application);
  preferLanguages(ctx, cookies, [params["ui_locales"], account.language]);
  showForm(renderer, ctx, {
    view: "other-user/other-user",
    model: {
      office: await offices.find(account.office.id),
      images: [shown.logo],
      application: shown,
      account: { name: account.name, officeName: account.office.name },
    },
    csrf: csrf.token(uid),
  });
}
