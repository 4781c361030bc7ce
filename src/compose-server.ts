import type { Provider } from "oidc-provider";
import { createApp } from "./app.ts";
import { composeAccount } from "./compose-account.ts";
import { ClientSecretGuard } from "./applications/client-secret-guard.ts";
import type { Services } from "./compose.ts";
import { startHousekeeping } from "./database/housekeeping.ts";
import { Assets } from "./http/assets.ts";
import { Cookies } from "./http/cookies.ts";
import { Csrf } from "./http/csrf.ts";
import { enginePages } from "./http/engine-pages.ts";
import { ErrorPage } from "./http/error-page.ts";
import { Health } from "./http/health.ts";
import { Renderer } from "./http/render.ts";
import { Texts } from "./http/texts.ts";
import { systemClock } from "./kernel/clock.ts";
import { deriveKey } from "./kernel/secret.ts";
import { auditEngine } from "./oidc/engine-events.ts";
import { EngineStore } from "./oidc/engine-store.ts";
import { Interactions } from "./oidc/interactions.ts";
import { createProvider } from "./oidc/provider.ts";
import { LeftSignIns } from "./sign-in/left-sign-in.ts";
import { SignInEngine } from "./sign-in/engine.ts";
import { Finish } from "./sign-in/finish.ts";
import type { EnrolmentPages } from "./sign-in/pages/choose.ts";
import { createPages } from "./sign-in/pages/pages.ts";
import { SignInStore } from "./sign-in/sign-in-store.ts";
import { Visits } from "./sign-in/visits.ts";
import { PasswordCheck } from "./users/password-check.ts";
import { PasswordCheckStore } from "./users/password-check-store.ts";
import { PasswordGuard } from "./users/password-guard.ts";
import { PasswordGuardStore } from "./users/password-guard-store.ts";

/** The web server, built and not yet listening. */
export interface Server {
  readonly app: Provider;
  readonly health: Health;
  close(): Promise<void>;
}

/** Builds everything that answers requests. `enrolmentPages`: where each method begins; a test adds one that is not built yet. */
export async function composeServer(services: Services, enrolmentPages?: EnrolmentPages): Promise<Server> {
  const { settings, log, database, audit, applications } = services;
  const stores = composeStores(services);
  const web = composeWeb(services);
  const provider = await composeProvider(services, stores, web);
  auditEngine(provider, audit, log);
  const health = new Health(database);
  const app = createApp({
    provider,
    settings,
    log,
    audit,
    health,
    clock,
    engineStore: stores.engine,
    ...web,
    features: {
      signIn: composeSignIn(services, { ...stores, enrolmentPages }, web.cookies, provider),
      consent: {
        interactions: composeInteractions(services, stores, provider),
        users: services.users,
        offices: services.offices,
      },
      forgotPassword: composeForgotPassword(services, stores, provider),
      notMe: { notMe: services.links.notMe },
      welcome: { offices: services.offices, applications },
      account: composeAccount(services, provider, composePasswords(services, stores.guard)),
      outbox: Object.values(settings.gateways).includes("outbox") ? services.outbox : null,
    },
  });
  const purges = [
    (limit: number) => stores.engine.purge(clock(), limit),
    (limit: number) => stores.signIns.purge(limit),
    (limit: number) => stores.guard.purge(clock(), limit),
    (limit: number) => services.secondFactor.smsBudget.purge(clock(), limit),
  ];
  const housekeeping = startHousekeeping(purges, log);
  return { app, health, close: () => housekeeping.stop() };
}

const clock = systemClock;

type Stores = ReturnType<typeof composeStores>;

function composeStores({ database, hash, settings }: Services) {
  const { signInMinutes: lifeMinutes } = settings.lifetimes;
  return {
    engine: new EngineStore(database),
    guard: new PasswordGuardStore(database),
    signIns: new SignInStore({
      database,
      hash,
      clock,
      lifeMinutes,
      frozenFrom: settings.secondFactorGuard.frozenFrom,
    }),
  };
}

async function composeProvider(services: Services, stores: Stores, web: ReturnType<typeof composeWeb>) {
  const { applications, audit, hash } = services;
  const [jwks] = await Promise.all([
    services.signingKeys.load(),
    applications.keepCopies(),
    services.hasher.prepare(),
  ]);
  return createProvider({
    ...services,
    jwks,
    store: stores.engine,
    secretGuard: new ClientSecretGuard({ store: stores.guard, audit, hash, clock }),
    accounts: services.users,
    clock,
    pages: enginePages(web.renderer, web.errorPage, applications),
  });
}

function composeSignIn(
  services: Services,
  { signIns, engine, guard, enrolmentPages }: Stores & { enrolmentPages: EnrolmentPages | undefined },
  cookies: Cookies,
  provider: Provider,
) {
  const { database, audit, offices } = services;
  const passwords = composePasswords(services, guard);
  const { codes, recoveryCodes } = services.secondFactor;
  const { productName } = services.settings;
  const pageParts = {
    passwords,
    codes,
    recoveryCodes,
    store: signIns,
    audit,
    hash: services.hash,
    productName,
    clock,
    renewal: services.links.passwordRenewal,
  };
  return {
    engine: new SignInEngine(createPages(pageParts, enrolmentPages), signIns),
    finish: new Finish({ database, audit, passwords }),
    visits: new Visits({ store: signIns, offices, cookies }),
    interactions: composeInteractions(services, { engine }, provider),
  };
}

function composeForgotPassword(services: Services, { engine, signIns: store }: Stores, provider: Provider) {
  const { offices, applications, links } = services;
  const interactions = composeInteractions(services, { engine }, provider);
  return {
    links: links.passwordLinks,
    resets: links.passwordReset,
    reminder: links.officeReminder,
    leftSignIns: new LeftSignIns({ interactions, store, offices }),
    offices,
    applications,
    clock,
  };
}

function composeInteractions(
  { applications, hash }: Services,
  { engine }: Pick<Stores, "engine">,
  provider: Provider,
) {
  return new Interactions({ provider, applications, store: engine, hash });
}

function composeWeb({ settings, secrets }: Services) {
  const assets = new Assets(new URL("../assets/", import.meta.url));
  const texts = new Texts(new URL("../views/locales/", import.meta.url));
  const renderer = new Renderer({
    texts,
    assets,
    productName: settings.productName,
    isDevelopment: !settings.production,
  });
  const csrfKeys = secrets.cookieKeys.map((key) => deriveKey(key, "forms"));
  return {
    assets,
    renderer,
    errorPage: new ErrorPage(renderer),
    cookies: new Cookies(settings.issuer),
    csrf: new Csrf(csrfKeys, settings.issuer),
  };
}

function composePasswords(services: Services, guardStore: PasswordGuardStore): PasswordCheck {
  const { database, users, hasher, audit, hash, settings } = services;
  const guard = new PasswordGuard({ store: guardStore, limits: settings.passwordGuard, hash, clock });
  return new PasswordCheck({
    store: new PasswordCheckStore(database),
    users,
    guard,
    hasher,
    audit,
    hash,
    clock,
  });
}
