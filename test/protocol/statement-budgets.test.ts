import { expect } from "chai";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { giveNumber, makeSmsOffice, sentSms } from "../support/mobile-numbers.ts";
import { BY_HAND } from "../support/outbox.ts";
import type { TestApplication, TestOffice, TestUser } from "../support/people.ts";
import { passkeyOwner } from "../support/passkey-owner.ts";
import { useOn } from "../support/passkeys.ts";
import { callToken, follow, openSignIn, redeem, sendPassword } from "../support/relying-party.ts";
import { changeOffice, giveApp, makeStrictOffice, sendForm } from "../support/second-factor.ts";
import { costOf } from "../support/statements.ts";
import { onceMade } from "../support/suite-resource.ts";
import { introspect, refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/**
 * What each flow may ask of PostgreSQL: messages to it, the begin and commit of a transaction among them, and transactions that store
 * something. A flow that needs fewer lowers its line.
 */
const BUDGETS = {
  "a sign-in with the password": { statements: 9, commits: 5 },
  "a sign-in with the password, from an unfamiliar browser": { statements: 9, commits: 5 },
  "a sign-in with the password, in a browser that knows the office": { statements: 9, commits: 5 },
  "a sign-in with an authenticator app": { statements: 14, commits: 7 },
  "a sign-in with a passkey": { statements: 14, commits: 8 },
  "a sign-in with a passkey alone": { statements: 9, commits: 4 },
  "a sign-in by text message": { statements: 15, commits: 8 },
  "a refresh": { statements: 2, commits: 1 },
  "a refresh that replaces the token": { statements: 2, commits: 1 },
  "another sign-in in a browser with a session": { statements: 4, commits: 2 },
  "a token of a machine that reads it itself": { statements: 0, commits: 0 },
  "a token of a machine as a reference": { statements: 1, commits: 1 },
  introspection: { statements: 1, commits: 0 },
  userinfo: { statements: 1, commits: 0 },
  "a user by the management API, for an application of the office": { statements: 2, commits: 1 },
  "a user by the management API, for an application of the platform": { statements: 2, commits: 1 },
  "an office by the management API, for an application of it": { statements: 2, commits: 1 },
} as const satisfies Record<string, { statements: number; commits: number }>;
type Flow = keyof typeof BUDGETS;

const JWT_API = "https://invoices.example";
const OPAQUE_API = "https://payroll.example";
const MACHINE = { type: "machine", redirectUris: [], firstParty: false };

/** Counts one request, or several. */
type Click = <T>(request: () => Promise<T>) => Promise<T>;

interface World {
  readonly byApp: TestOffice;
  readonly bySms: TestOffice;
  readonly machine: TestApplication;
  readonly rotating: TestApplication;
  readonly ofOffice: ApiClient;
  readonly ofPlatform: ApiClient;
}

describe("the statements of a flow", () => {
  const vestibule = useVestibule({ settings: BY_HAND, user: {}, application: {} });
  const { services, application } = vestibule;
  let made: World | null = null;
  const world = onceMade(() => made);

  before(async () => {
    const scopes = { resourceScopes: ["read"] };
    await vestibule.makeApplication({ ...MACHINE, ...scopes, resourceIdentifier: JWT_API });
    const opaque = { resourceIdentifier: OPAQUE_API, resourceTokens: "opaque" };
    await vestibule.makeApplication({ ...MACHINE, ...scopes, ...opaque });
    made = {
      byApp: await makeStrictOffice(services),
      bySms: await makeSmsOffice(services),
      machine: await vestibule.makeApplication({ ...MACHINE, resources: [JWT_API, OPAQUE_API] }),
      rotating: await vestibule.makeApplication({ rotateRefreshTokens: true }),
      ofOffice: await apiClient(vestibule, vestibule.user.office, ["users:read", "offices:read"]),
      ofPlatform: await apiClient(vestibule, null, ["users:read"]),
    };
  });

  /** A whole sign-in, up to the tokens; `second`: what follows the password. */
  async function signIn(
    user: TestUser,
    click: Click,
    second: (browser: HttpBrowser, page: Page) => Promise<Page> = (_browser, page) => Promise.resolve(page),
    browser = vestibule.browser(),
  ): Promise<void> {
    const request = vestibule.request();
    const page = await click(() => openSignIn(browser, request));
    const { username, password, office } = user;
    const form = { officeCode: office.code, username, password };
    const sent = await click(() => sendPassword(browser, page, form));
    const next = await click(() => follow(browser, sent));
    const done = await second(browser, next);
    const redirect = new URL(done.location);
    tokensOf(await click(() => redeem(browser, application, { redirect, request })));
  }

  /** Answers the flow that is counted, with all that it needs made before. */
  const flows: Record<Flow, () => Promise<(click: Click) => Promise<unknown>>> = {
    "a sign-in with the password": async () => {
      const user = await vestibule.makeUser();
      return (click) => signIn(user, click);
    },
    "a sign-in with the password, from an unfamiliar browser": async () => {
      const user = await vestibule.makeUser();
      await signIn(user, (request) => request());
      return (click) => signIn(user, click);
    },
    "a sign-in with the password, in a browser that knows the office": async () => {
      const browser = await knowing(vestibule.user.office);
      return (click) => signIn(vestibule.user, click, undefined, browser);
    },
    "a sign-in with an authenticator app": async () => {
      const user = await vestibule.makeUser({}, world.byApp);
      const { secret } = await giveApp(services, user);
      return (click) =>
        signIn(user, click, (browser, page) =>
          click(() => sendForm(browser, page, { code: totpNow(secret) })),
        );
    },
    "a sign-in with a passkey": async () => {
      const { user, device } = await passkeyOwner(vestibule);
      return (click) => signIn(user, click, (browser, page) => click(() => useOn(browser, page, device)));
    },
    "a sign-in with a passkey alone": async () => {
      const { user, device } = await passkeyOwner(vestibule);
      await changeOffice(services, user.office, { isPasswordless: true });
      return async (click) => {
        const browser = await knowing(user.office);
        const request = vestibule.request();
        const page = await click(() => openSignIn(browser, request));
        const done = await click(() => useOn(browser, page, device));
        const redirect = new URL(done.location);
        tokensOf(await click(() => redeem(browser, application, { redirect, request })));
      };
    },
    "a sign-in by text message": async () => {
      const user = await vestibule.makeUser({}, world.bySms);
      const number = await giveNumber(services, user);
      return (click) =>
        signIn(user, click, async (browser, page) => {
          const sent = await sentSms(vestibule.database, number);
          const code = sent.find((sms) => sms.code !== "")?.code ?? "";
          return click(() => sendForm(browser, page, { code }));
        });
    },
    "a refresh": async () => {
      const tokens = await tokensFor(vestibule.browser(), application, vestibule.user);
      return (click) => click(() => refresh(vestibule.browser(), application, tokens.refresh));
    },
    "a refresh that replaces the token": async () => {
      const tokens = await tokensFor(vestibule.browser(), world.rotating, vestibule.user);
      return (click) => click(() => refresh(vestibule.browser(), world.rotating, tokens.refresh));
    },
    "another sign-in in a browser with a session": async () => {
      const browser = vestibule.browser();
      await vestibule.signIn(browser);
      const request = vestibule.request({ prompt: "none" });
      return async (click) => {
        const { location } = await click(() => browser.get(request.url));
        const redirect = new URL(location);
        tokensOf(await click(() => redeem(browser, application, { redirect, request })));
      };
    },
    "a token of a machine that reads it itself": () => machineToken(JWT_API),
    "a token of a machine as a reference": () => machineToken(OPAQUE_API),
    introspection: async () => {
      const { access } = await tokensFor(vestibule.browser(), application, vestibule.user);
      return (click) => click(() => introspect(vestibule.browser(), application, access));
    },
    userinfo: async () => {
      const { access } = await tokensFor(vestibule.browser(), application, vestibule.user);
      return (click) => click(() => userinfo(vestibule.browser(), access));
    },
    "a user by the management API, for an application of the office": () =>
      readByApi(world.ofOffice, `/users/${vestibule.user.id}`),
    "a user by the management API, for an application of the platform": () =>
      readByApi(world.ofPlatform, `/users/${vestibule.user.id}`),
    "an office by the management API, for an application of it": () => readByApi(world.ofOffice, ""),
  };

  const readByApi = (client: ApiClient, below: string) =>
    Promise.resolve((click: Click) =>
      click(() => client.get(`/offices/${vestibule.user.office.id}${below}`)),
    );

  /** A browser that comes by the office's link. The server has its page in memory. */
  async function knowing({ code }: TestOffice): Promise<HttpBrowser> {
    const browser = vestibule.browser();
    await browser.get(`/o/${code}`);
    for (let time = 0; time < 2; time += 1) {
      await openSignIn(browser, vestibule.request());
    }
    return browser;
  }

  const machineToken = (resource: string) =>
    Promise.resolve((click: Click) =>
      click(() =>
        callToken(vestibule.browser(), world.machine, {
          grant_type: "client_credentials",
          resource,
          scope: "read",
        }),
      ),
    );

  for (const [flow, budget] of Object.entries(BUDGETS) as [Flow, (typeof BUDGETS)[Flow]][]) {
    it(`is that of its budget: ${flow}`, async () => {
      // What the process reads once, such as applications, is read by the first of two.
      const [first, counted] = [await flows[flow](), await flows[flow]()];
      await first((request) => request());
      const statements: string[] = [];
      let commits = 0;
      await counted(async (request) => {
        const answers: Awaited<ReturnType<typeof request>>[] = [];
        const cost = await costOf(async () => answers.push(await request()));
        statements.push(...cost.statements);
        commits += cost.commits;
        return answers[0] as Awaited<ReturnType<typeof request>>;
      });
      expect({ statements: statements.length, commits }, statements.join(", ")).to.deep.equal(budget);
    });
  }
});
