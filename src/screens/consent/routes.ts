import Router from "@koa/router";
import { isDeepStrictEqual } from "node:util";
import type { ConsentLog } from "../../domain/applications/consent-log.ts";
import { applicationView } from "../../domain/applications/application-view.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import type { Fields } from "../../platform/web/form.ts";
import { preferLanguages } from "../../platform/web/language.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { showForm } from "../../platform/web/page-kit.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Decision, Interaction, Interactions } from "../../protocol/interactions.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { Account } from "../../domain/users/user.ts";
import type { UserStore } from "../../domain/users/user-store.ts";

/**
 * Consent: which data an application gets. First-party applications do not ask: protocol/models/grants.ts gives them what they request.
 * For all others the page shows all that they request, also what they have already, and the user allows or refuses it. Access while the
 * user is away can be refused alone. The grant covers exactly what the page has shown, whatever the form contains.
 */

export interface ConsentDeps {
  readonly interactions: Interactions;
  readonly users: UserStore;
  readonly offices: OfficeStore;
  /** How long an application may have access without the user, in days. */
  readonly offlineDays: number;
  readonly consents: ConsentLog;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
}

export function consentRoutes(deps: ConsentDeps): Router<State> {
  const router = new Router<State>();
  const { interactions, csrf } = deps;

  router.get("/interaction/:uid/consent", async (ctx) => {
    const interaction = await interactionOf(deps, ctx, ctx.params["uid"] ?? "");
    await show(deps, ctx, interaction);
  });

  router.post("/interaction/:uid/consent", async (ctx) => {
    const uid = ctx.params["uid"] ?? "";
    const fields = await csrf.read(ctx, uid);
    const interaction = await interactionOf(deps, ctx, uid);
    const decision = decisionOf(interaction, fields);
    if (isDeepStrictEqual(decision, interaction.decision)) {
      // The same form once more, such as by a double click: all is done.
      seeOther(ctx, interaction.returnTo);
      return;
    }
    await record(deps, ctx, interaction, decision);
    const location = decision.isAllowed
      ? await interactions.consent(ctx, interaction, decision.refused)
      : await interactions.deny(ctx);
    seeOther(ctx, location);
  });
  return router;
}

async function interactionOf(deps: ConsentDeps, ctx: Context, uid: string): Promise<Interaction> {
  noStore(ctx);
  const interaction = await deps.interactions.get(ctx, uid);
  if (interaction.prompt !== "consent") {
    throw new PageError("expired");
  }
  return interaction;
}

async function show(deps: ConsentDeps, ctx: Context, interaction: Interaction) {
  const { users, offices, renderer, csrf, interactions, cookies, offlineDays } = deps;
  const { uid, application, asked, sessionAccountId } = interaction;
  const account = sessionAccountId === null ? null : await users.findAccount(sessionAccountId);
  if (account === null) {
    throw new PageError("expired");
  }
  const shown = applicationView(application);
  preferLanguages(ctx, cookies, [interaction.params["ui_locales"], account.language]);
  const t = renderer.translate(ctx);
  showForm(renderer, ctx, {
    view: "consent/consent",
    model: {
      office: await offices.find(account.office.id),
      images: [shown.logo],
      application: shown,
      account: { name: account.name, officeName: account.office.name },
      scopes: asked.scopes.map((name) => ({ name, text: t(`consent.scope.${name}`) })),
      resources: await resourcesOf(interactions, asked.resources),
      lasts: isOffline(interaction)
        ? t("consent.lasts.offline", { days: offlineDays })
        : t("consent.lasts.session"),
      mayRefuseOffline: mayRefuseOffline(interaction),
    },
    csrf: csrf.token(uid),
    // With the note of the application, for a form that is sent too late.
    action: `${ctx.path}${ctx.search}`,
  });
}

const OFFLINE = "offline_access" as const;

/** The access outlives the session. */
const isOffline = ({ asked }: Interaction): boolean => asked.scopes.includes(OFFLINE);

/** An application of the installation itself has what it asks for; its page only confirms the sign-in. */
const mayRefuseOffline = (interaction: Interaction): boolean =>
  isOffline(interaction) && !interaction.application.firstParty;

/** The requested scopes of each resource server, by its display name. */
function resourcesOf(interactions: Interactions, asked: Interaction["asked"]["resources"]) {
  return Promise.all(
    [...asked].map(async ([identifier, scopes]) => {
      const server = await interactions.findResource(identifier);
      return { name: server?.name ?? identifier, scopes: scopes.join(", ") };
    }),
  );
}

function decisionOf(interaction: Interaction, fields: Fields): Decision {
  const isAllowed = fields["decision"] === "allow";
  const isRefused = fields["only_while_using"] !== undefined && mayRefuseOffline(interaction);
  return { isAllowed, refused: isAllowed && isRefused ? [OFFLINE] : [] };
}

async function record(
  { consents, users }: ConsentDeps,
  ctx: Context,
  interaction: Interaction,
  decision: Decision,
): Promise<void> {
  const { uid, application, asked, sessionAccountId } = interaction;
  const account: Account | null =
    sessionAccountId === null ? null : await users.findAccount(sessionAccountId);
  await consents.record({
    ...{ account, applicationId: application.id, visitor: ctx.state.visitor },
    isAllowed: decision.isAllowed,
    scopes: namesOf(asked, decision.refused),
    form: JSON.stringify([uid, interaction.decision, decision]),
  });
}

const namesOf = ({ scopes, resources }: Interaction["asked"], refused: readonly string[]): string[] => [
  ...scopes.filter((scope) => !refused.includes(scope)),
  ...[...resources].flatMap(([identifier, names]) => names.map((name) => `${identifier}#${name}`)),
];
