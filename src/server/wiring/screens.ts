import { KeptForms } from "../../platform/web/kept-forms.ts";
import { StepUp } from "../../platform/web/step-up.ts";
import { ACCOUNT_SITE } from "../../screens/account/page.ts";
import { CONSOLE_SITE } from "../../screens/console/page.ts";
import type { Provider } from "oidc-provider";
import { deriveKey } from "../../kernel/secret.ts";
import { Assets } from "../../platform/web/assets.ts";
import { Cookies } from "../../platform/web/cookies.ts";
import { Csrf } from "../../platform/web/csrf.ts";
import { ErrorPage } from "../../platform/web/error-page.ts";
import { BrowserForms } from "../../platform/web/browser-forms.ts";
import { Renderer } from "../../platform/web/render.ts";
import { Interactions } from "../../protocol/interactions.ts";
import { OwnSessions } from "../../protocol/models/own-sessions.ts";
import { ExpiredPageReturn } from "../../protocol/expired-page-return.ts";
import { FactRecording } from "../../screens/sign-in/fact-recording.ts";
import { Beginning } from "../../screens/sign-in/beginning.ts";
import { SignInTests } from "../../protocol/sign-in-test.ts";
import { CodeForm } from "../../screens/account/code-form.ts";
import { accountChanges, accountViews } from "../../screens/account/pages.ts";
import { ConsoleResponses } from "../../screens/console/responses.ts";
import type { ConsoleDeps, UserDeps, SigningKeyService } from "../../screens/console/console-deps.ts";
import { ConsoleAccess } from "../../screens/console/console-access.ts";
import { OfficePreviewer } from "../../screens/console/office-previews.ts";
import { PageTokens } from "../../screens/console/page-tokens.ts";
import { createConsolePages } from "../../screens/console/pages.ts";
import { SessionStepUp } from "../../screens/sign-in/session-step-up.ts";
import { SignInFlow } from "../../screens/sign-in/sign-in-flow.ts";
import { Finish } from "../../screens/sign-in/finish.ts";
import { InterruptedSignIns } from "../../screens/sign-in/interrupted-sign-in.ts";
import { OwnMethodRemoval } from "../../screens/account/own-method-removal.ts";
import { createPages, type Pages } from "../../screens/sign-in/pages/pages.ts";
import { PageContexts } from "../../screens/sign-in/page-contexts.ts";
import { SCIM_PATH } from "../../api/scim/scim-routes.ts";
import type { Features } from "../routes.ts";
import type { Services } from "./services.ts";
import { rulesOf } from "./stores.ts";

/** What the pages of the web server are made of, screen by screen. */

/** The library's script for browsers, which is one file with nothing to load. */
const WEBAUTHN_SCRIPT = new URL(
  "../dist/bundle/index.umd.min.js",
  import.meta.resolve("@simplewebauthn/browser"),
);

/** What every page shares: templates, assets, cookies, CSRF tokens. */
export interface Web {
  readonly assets: Assets;
  readonly renderer: Renderer;
  readonly errorPage: ErrorPage;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly kept: KeptForms;
  readonly forms: BrowserForms;
  readonly waysBack: ExpiredPageReturn;
}

export function composeWeb(services: Services): Web {
  const { secrets, texts, applications, hash, stores } = services;
  const { productName, production, issuer, support } = services.settings;
  const assets = new Assets(new URL("../../../assets/", import.meta.url), {
    "webauthn.js": WEBAUTHN_SCRIPT,
  });
  const cookies = new Cookies(issuer);
  const renderer = new Renderer({
    ...{ texts, assets, productName, isDevelopment: !production, support },
    hasOutbox: hasOutbox(services),
    rememberedOffice: async (ctx) => {
      const code = cookies.read(ctx, "office");
      return code === null ? null : stores.shownOffices.findByCode(code);
    },
  });
  const csrfKeys = secrets.cookieKeys.map((key) => deriveKey(key, "forms"));
  const csrf = new Csrf(csrfKeys, issuer);
  const forms = new BrowserForms({ renderer, cookies, csrf });
  const { signIns, oidcModels: store, drafts } = stores;
  const kept = new KeptForms({ drafts, csrf, cookies });
  const waysBack = new ExpiredPageReturn({ issuer, cookies, applications, hash, signIns, store });
  return { assets, renderer, errorPage: new ErrorPage(renderer), cookies, csrf, kept, forms, waysBack };
}

const hasOutbox = ({ settings }: Services): boolean => Object.values(settings.gateways).includes("outbox");

interface FeatureDeps {
  readonly services: Services;
  readonly web: Web;
  readonly provider: Provider;
}

/** With our two ports to oidc-provider, which several screens share. */
interface ScreenDeps extends FeatureDeps {
  readonly interactions: Interactions;
  readonly sessions: OwnSessions;
}

export function composeFeatures(deps: FeatureDeps): Features {
  const { services, provider } = deps;
  const { settings, applications, users, offices, hash, links, stores, outbox, messages } = services;
  const { refreshTokenMaximumDays: offlineDays } = settings.lifetimes;
  const interactions = new Interactions({ provider, applications, store: stores.oidcModels, hash });
  const screens = { ...deps, interactions, sessions: new OwnSessions(provider) };
  return {
    signIn: signInDeps(screens),
    consent: { interactions, users, offices, consents: services.consents, offlineDays },
    otherUser: { interactions, users, offices },
    forgotPassword: forgotPasswordDeps(screens),
    disputes: { disputes: links.disputes, offices },
    logos: { logos: stores.logos },
    welcome: { offices, applications, linkGuard: services.officeLinks },
    account: accountDeps(screens),
    console: consoleDeps(screens),
    outbox: hasOutbox(services) ? outbox : null,
    receipts: messages.receipts,
  };
}

function signInDeps({ services, web: { cookies }, interactions }: ScreenDeps): Features["signIn"] {
  const { database, users, familiar, stores, secondFactor } = services;
  const { codes, trusted } = secondFactor;
  const store = stores.signIns;
  const finish = new Finish({ database, store, familiar, newBrowsers: services.links.newBrowsers, trusted });
  const beginning = new Beginning({ store, finish, beginnings: stores.signInBeginnings });
  const recording = new FactRecording({ store, finish, facts: stores.signInFacts });
  const stepUp = new SessionStepUp({ users, store });
  const pages = signInPages(services);
  return {
    flow: new SignInFlow({ pages, store, finish, stepUp, beginning, recording, tries: codes }),
    contexts: new PageContexts({
      store,
      offices: stores.shownOffices,
      cookies,
      codes,
      challenges: services.secondFactor.passkeyChallenges,
    }),
    interactions,
  };
}

function signInPages(services: Services): Pages {
  const { settings, audit, hash, passwords, stores, links } = services;
  const { codes, recoveryCodes, smsSender: sender, emailSender } = services.secondFactor;
  const { numberService: numbers } = services.secondFactor;
  const { productName } = settings;
  return createPages({
    ...{ passwords, codes, recoveryCodes, sender, emailSender, numbers, audit, hash, productName },
    ...rulesOf(settings),
    challenges: services.secondFactor.passkeyChallenges,
    passwordless: services.secondFactor.passwordless,
    store: stores.signIns,
    renewal: links.passwordRenewal,
    users: services.users,
    access: stores.access,
    methods: services.ownAccount.methods,
    notices: services.messages.notices,
    database: services.database,
  });
}

function forgotPasswordDeps({ services, interactions }: ScreenDeps): Features["forgotPassword"] {
  const { offices, applications, links, stores } = services;
  return {
    links: links.passwordLinks,
    resets: links.passwordReset,
    reminder: links.officeReminder,
    interruptedSignIns: new InterruptedSignIns({ interactions, store: stores.signIns, offices }),
    offices,
    applications,
  };
}

function accountDeps({ services, web: { kept }, sessions }: ScreenDeps): Features["account"] {
  const { settings, stores, database, hash, ownAccount, secondFactor } = services;
  const { issuer, productName } = settings;
  const { access, accountStore: store, history, trustedBrowsers: trusted, recoveryCodes } = stores;
  const { own, mailChange, methods } = ownAccount;
  const { codes: check, smsSender: sender, emailSender } = secondFactor;
  const { frozenFrom, sending } = rulesOf(settings);
  const deps = {
    ...{ store, own, mailChange, sender, access, history, trusted, recoveryCodes },
    ...{ database, hash, productName, sending, emailSender },
    personalData: services.administration.personalData,
    codes: new CodeForm({ database, check, access, methods, own, frozenFrom }),
    challenges: secondFactor.passkeyChallenges,
    passkeys: stores.passkeys,
    removal: new OwnMethodRemoval({ database, own, access, removal: ownAccount.removal }),
  };
  const stepUp = stepUpOf(ACCOUNT_SITE, issuer);
  return { sessions, store, stepUp, kept, views: accountViews(deps), changes: accountChanges(deps) };
}

function consoleDeps({
  services,
  web: { renderer, csrf, cookies, kept },
  provider,
  sessions,
}: ScreenDeps): Features["console"] {
  const { settings, secrets, offices, stores } = services;
  const { consoleStore: store } = stores;
  const tokens = new PageTokens(secrets.cookieKeys.map((key) => deriveKey(key, "console page tokens")));
  const signIns = new SignInTests({ provider, users: services.users });
  const pages = createConsolePages(consolePageDeps(services, { tokens, signIns, renderer }));
  return {
    access: new ConsoleAccess({ sessions, offices, store, renderer, cookies }),
    responses: new ConsoleResponses({ renderer, csrf, tokens, pages, offices, kept }),
    kept,
    pages,
    stepUp: stepUpOf(CONSOLE_SITE, settings.issuer),
  };
}

interface ConsoleParts {
  readonly tokens: PageTokens;
  readonly signIns: SignInTests;
  readonly renderer: Renderer;
}

function consolePageDeps(services: Services, { tokens, signIns, renderer }: ConsoleParts): ConsoleDeps {
  const { settings, stores, administration, lists, imports, applications } = services;
  const { applicationService, applicationShutdown } = services;
  const { settings: officeSettings, dryRun, logos } = administration;
  const { policyNotices } = services;
  const { consoleStore: store, drafts } = stores;
  const { accessTokenMinutes } = settings.lifetimes;
  const keys = signingKeyDesk(services);
  return {
    ...{ store, tokens, applications, applicationService, applicationShutdown },
    ...{ imports, dryRun, logos, policyNotices },
    models: stores.authenticatorModels,
    previews: new OfficePreviewer({ renderer, mails: services.messages.view, issuer: settings.issuer }),
    settings: officeSettings,
    closedDays: settings.closedOfficeDays,
    overview: lists.overview,
    overviewDays: stores.overviewDays,
    checklist: stores.checklists,
    refusals: stores.refusals,
    webhooks: services.webhooks.service,
    issuer: settings.issuer,
    sending: rulesOf(settings).sending,
    userDeps: consoleUserDeps(services),
    scim: {
      access: administration.scimAccess,
      tokens: (officeId) => stores.scimTokens.list(officeId),
      refusals: (officeId) => stores.scimRefusals.list(officeId),
      address: `${settings.issuer}${SCIM_PATH}`,
    },
    platform: { offices: services.officeService, settings: officeSettings, keys },
    signInTest: { tests: signIns, drafts, accessTokenSeconds: accessTokenMinutes * 60 },
    audit: { ...services.auditLog, list: stores.auditList, log: services.audit, users: services.users },
  };
}

function consoleUserDeps(services: Services): UserDeps {
  const { database, users, offices, stores, lists, administration } = services;
  return {
    users: administration.users,
    factors: administration.factors,
    approvals: administration.approvals,
    list: lists.users,
    overview: lists.overview,
    status: stores.userStatus,
    setUp: stores.setUp,
    events: stores.auditList,
    access: stores.access,
    personalData: administration.personalData,
    find: (officeId, id) => database.inOffice(officeId, (tx) => users.find(tx, id)),
    findByUsername: (officeId, username) => users.findByUsername(officeId, username),
    officeIdOf: async (code) => (await offices.findByCode(code))?.id ?? null,
  };
}

export const signingKeyDesk = ({ signingKeys, audit }: Services): SigningKeyService => ({
  list: () => signingKeys.list(),
  rotate: (newest, { actor, aheadMinutes }) =>
    signingKeys.rotateOnce(newest, {
      aheadMinutes,
      record: (tx) =>
        audit.add(tx, {
          type: "signing-key.rotated",
          outcome: "ok",
          officeId: null,
          actor,
          details: { inMinutes: aheadMinutes },
        }),
    }),
});

/** The account pages and the console each step up as a client of their own. */
const stepUpOf = (site: typeof ACCOUNT_SITE | typeof CONSOLE_SITE, issuer: string): StepUp =>
  new StepUp({ ...site, issuer });
