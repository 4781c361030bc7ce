import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import type { LinkPurpose } from "../../src/domain/credentials/one-time-link.ts";
import type { Artefact } from "../../scripts/cuts-table.ts";
import { makeActor } from "./actors.ts";
import { asOwner } from "./database.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { newNumber, storedUser } from "./mobile-numbers.ts";
import { TESTER, type TestApplication } from "./people.ts";
import { RESOURCE, type Applications, type ProvedPerson } from "./proved-person.ts";
import { callToken, follow, formAction, hiddenField, openSignIn, redeem } from "./relying-party.ts";
import { giveApp, hasCode, pageName } from "./second-factor.ts";
import { introspect, refresh, tokensOf, userinfo, type Tokens } from "./tokens.ts";

/** Whether an artefact still gives what it is for. It may be asked once. */
type Use = () => Promise<boolean>;

/** Artefacts that were made, and the browser of the user who makes the change. */
export interface Made {
  readonly own: HttpBrowser;
  readonly uses: Readonly<Record<Artefact, Use>>;
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const TYPED = "Called back on the number of the office";

/** Where a draft is kept: an accountant enters the number of a colleague. */
const draftPath = ({ user, colleague }: ProvedPerson): string =>
  `/console/o/${user.office.code}/users/${colleague.id}/number`;

/** A browser whose session will have to prove again: signed in some minutes before the artefacts are made. */
export async function openDraft(person: ProvedPerson): Promise<{ browser: HttpBrowser; form: Page }> {
  const browser = person.world.browser();
  const page = await follow(browser, await browser.get(draftPath(person)));
  const form = await follow(browser, await person.finish(browser, page));
  return { browser, form };
}

/** Every artefact of one person, all proved at this moment. */
export async function makeArtefacts(
  person: ProvedPerson,
  applications: Applications,
  draft: { browser: HttpBrowser; form: Page },
): Promise<Made> {
  const { web } = applications;
  const own = await person.signedIn(web);
  const session = await person.signedIn(web);
  const trusting = await person.signedIn(web, { trust: "yes" });
  const trusted = await person.finishTrusted(trusting, web);
  await follow(trusted.browser, trusted.redirect);
  return {
    own,
    uses: {
      ...(await signIns(person, web, trusting)),
      session: () => isSession(person, session, web, true),
      "session, own": () => isSession(person, own, web, true),
      "session, trusted": () => isSession(person, trusted.browser, web, false),
      ...(await tokensBy(person, web, session)),
      ...trustedNames(await tokensBy(person, web, trusted.browser)),
      ...(await withoutTrust(person, applications, session)),
      ...(await links(person)),
      "trusted browser": async () => {
        const { browser, redirect } = await person.finishTrusted(trusting, web);
        return hasCode(await follow(browser, redirect));
      },
      "request for approval": await approvalOf(person),
      "draft of a form": await draftOf(person, draft),
      "number change": await numberChangeOf(person),
    },
  };
}

async function signIns(person: ProvedPerson, web: TestApplication, trusting: HttpBrowser) {
  const [before, challenged, finished] = [1, 2, 3].map(() => person.world.browser());
  if (before === undefined || challenged === undefined || finished === undefined) {
    throw new Error("No browser.");
  }
  const password = await openSignIn(before, person.request(web));
  const opened = await openSignIn(challenged, person.request(web));
  const challenge = await follow(challenged, await person.givePassword(challenged, opened));
  const redirect = await person.finish(finished, await openSignIn(finished, person.request(web)));
  const trusted = await person.finishTrusted(trusting, web);
  return {
    "sign-in, before the password": async () =>
      pageName(await follow(before, await person.givePassword(before, password))) !== "password",
    "sign-in, before the code": async () =>
      hasCode(await follow(challenged, await person.giveCode(challenged, challenge))),
    "sign-in, finished": async () => hasCode(await follow(finished, redirect)),
    "sign-in, finished, trusted": async () => hasCode(await follow(trusted.browser, trusted.redirect)),
  };
}

async function isSession(
  person: ProvedPerson,
  browser: HttpBrowser,
  web: TestApplication,
  hasFactor: boolean,
): Promise<boolean> {
  const { office } = person.user;
  return agreed([
    hasCode(await browser.get(person.request(web, { prompt: "none" }).url)),
    (await browser.get("/account")).status === 200,
    ...(hasFactor ? [(await browser.get(`/console/o/${office.code}/users`)).status === 200] : []),
  ]);
}

/** What a session gets without another proof: newer than the proof that it rests on. */
async function tokensBy(person: ProvedPerson, web: TestApplication, browser: HttpBrowser) {
  const code = await silently(person, web, browser);
  const { access, refresh: token } = await tokensFrom(await silently(person, web, browser), web);
  const anyone = person.world.browser();
  const isActive = async (of: string) => (await introspect(anyone, web, of)).body["active"] === true;
  return {
    "authorization code": async () => (await redeem(anyone, web, code)).status === 200,
    "access token": async () =>
      agreed([(await userinfo(anyone, access)).status === 200, await isActive(access)]),
    "refresh token": async () =>
      agreed([await isActive(token), (await refresh(anyone, web, token)).status === 200]),
  };

  function tokensFrom(answer: Awaited<ReturnType<typeof silently>>, of: TestApplication): Promise<Tokens> {
    return redeem(browser, of, answer).then(tokensOf);
  }
}

const trustedNames = (of: Awaited<ReturnType<typeof tokensBy>>) => ({
  "authorization code, trusted": of["authorization code"],
  "access token, trusted": of["access token"],
  "refresh token, trusted": of["refresh token"],
});

/** An authorization code of a request that shows no page. */
async function silently(
  person: ProvedPerson,
  web: TestApplication,
  browser: HttpBrowser,
  changes: Record<string, string> = {},
) {
  const request = person.request(web, { prompt: "none", ...changes });
  const { location } = await browser.get(request.url);
  return { redirect: new URL(location), request };
}

async function withoutTrust(
  person: ProvedPerson,
  { web, device, foreign }: Applications,
  session: HttpBrowser,
) {
  const forResource = { resource: RESOURCE, scope: "openid invoices:read" };
  const { redirect, request } = await silently(person, web, session, forResource);
  const anyone = person.world.browser();
  const redeemed = await callToken(anyone, web, {
    grant_type: "authorization_code",
    code: redirect.searchParams.get("code") ?? "",
    redirect_uri: web.redirectUri,
    code_verifier: request.verifier,
    resource: RESOURCE,
  });
  const jwt = tokensOf(redeemed).access;
  const asking = await person.signedIn(web);
  const asked = await follow(asking, await asking.get(person.request(foreign).url));
  const allowed = await allow(asking, asked);
  const [pending, approved] = [await askForDevice(person, device), await askForDevice(person, device)];
  await approve(session, approved.user_code);
  const poll = ({ device_code }: Asked) =>
    callToken(anyone, device, { grant_type: DEVICE_GRANT, device_code });
  const pushed = await push(person, web);
  return {
    "access token, JWT": async () => {
      const keys = JSON.parse((await anyone.get("/jwks")).body) as JSONWebKeySet;
      const expected = { issuer: anyone.issuer, audience: RESOURCE, currentDate: new Date(Date.now()) };
      return (await jwtVerify(jwt, createLocalJWKSet(keys), expected)).payload.sub === person.user.id;
    },
    "consent, finished": async () => hasCode(await follow(asking, allowed)),
    "device code, pending": async () => (await poll(pending)).body["error"] === "authorization_pending",
    "device code, approved": async () => (await poll(approved)).status === 200,
    "pushed request": async () => (await anyone.get(pushed)).location.includes("/interaction/"),
  };
}

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
}

async function askForDevice(person: ProvedPerson, device: TestApplication): Promise<Asked> {
  const fields = { client_id: device.id, scope: "openid offline_access" };
  const { body } = await sendAsProgram(person.world.browser(), "/device/authorize", fields);
  return JSON.parse(body) as Asked;
}

/** In a session: the code and "yes" are enough. */
async function approve(browser: HttpBrowser, user_code: string): Promise<void> {
  const page = await browser.get("/device");
  const confirm = await browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), user_code });
  const fields = { xsrf: hiddenField(confirm, "xsrf"), user_code: hiddenField(confirm, "user_code") };
  const done = await follow(browser, await browser.post(formAction(confirm), { ...fields, confirm: "yes" }));
  await follow(browser, await allow(browser, done));
}

/** Allows what the page of a consent asks, up to the redirect that ends it. */
const allow = (browser: HttpBrowser, page: Page): Promise<Page> =>
  browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), decision: "allow" });

async function push(person: ProvedPerson, web: TestApplication): Promise<string> {
  const { searchParams } = new URL(person.request(web).url);
  const fields = { ...Object.fromEntries(searchParams), client_secret: web.secret ?? "" };
  const { body } = await sendAsProgram(person.world.browser(), "/par", fields);
  const { request_uri } = JSON.parse(body) as { request_uri: string };
  return `/authorize?${new URLSearchParams({ client_id: web.id, request_uri }).toString()}`;
}

/** As an application or a device calls: without the Origin that a browser sends. */
const sendAsProgram = (browser: HttpBrowser, path: string, fields: Readonly<Record<string, string>>) =>
  browser.send(path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });

async function links(person: ProvedPerson) {
  const { services } = person.world;
  const { user, mail } = person;
  const make = async (purpose: LinkPurpose, data: Record<string, string>) => {
    const link = { purpose, officeId: user.office.id, userId: user.id, at: new Date(Date.now()), data };
    const token = await services.database.inOffice(user.office.id, (tx) =>
      services.stores.links.make(tx, link),
    );
    return token.reveal();
  };
  const [reset, invitation] = [await make("password-reset", { mail }), await make("invitation", { mail })];
  const [change, notMe] = [
    await make("mail-change", { mail }),
    await make("not-me", { kind: "mail-change" }),
  ];
  const opens = async (path: string) => {
    const browser = person.world.browser();
    return (await follow(browser, await browser.get(path))).body.includes('method="post"');
  };
  return {
    "link, password": () => opens(`/reset-password/${reset}`),
    "link, invitation": () => opens(`/invitation/${invitation}`),
    // Its page needs the session of its owner; the link itself is looked up here.
    "link, email address": async () =>
      (await services.stores.links.find({
        purpose: "mail-change",
        token: change,
        now: new Date(Date.now()),
      })) !== null,
    'link, "not me"': () => opens(`/not-me/${notMe}`),
  };
}

/**
 * The person asks as a member of support, who could not have every change made to them: the role is lent for the request and
 * for the approval. So the time alone is judged.
 */
async function approvalOf(person: ProvedPerson): Promise<Use> {
  const { services } = person.world;
  const { office } = person.user;
  const boss = await makeActor(services, office, "superuser");
  const other = await makeActor(services, office, "support");
  await giveApp(services, boss.user);
  const by = { ...other, id: person.user.id };
  const { approvals } = services.administration;
  const asked = await approvals.request(
    await storedUser(services, boss.user),
    { action: "reset" },
    { by, reason: TYPED, office },
  );
  if (asked.type !== "requested") {
    throw new Error(`The request was answered with ${asked.type}.`);
  }
  return () =>
    asSupport(person, async () => {
      const { type } = await approvals.approve({ id: asked.id, officeId: office.id }, other);
      return type === "approved";
    });
}

async function asSupport<T>({ world, user }: ProvedPerson, work: () => Promise<T>): Promise<T> {
  const { role } = await storedUser(world.services, user);
  const give = (to: string) =>
    asOwner(world.database, "update users set role = $2 where id = $1", [user.id, to]);
  await give("support");
  try {
    return await work();
  } finally {
    await give(role);
  }
}

async function numberChangeOf(person: ProvedPerson): Promise<Use> {
  const { services, database } = person.world;
  const { secondFactor, administration } = services;
  const user = await storedUser(services, person.user);
  const number = {
    number: newNumber(),
    state: "confirmed",
    enteredBy: "user",
    at: new Date(Date.now()),
  } as const;
  await services.database.inOffice(user.officeId, (tx) => secondFactor.numbers.put(tx, user, number));
  const sql = "update mobile_numbers set pending_number = $2, pending_at = $3 where user_id = $1";
  await asOwner(database, sql, [user.id, newNumber(), number.at]);
  return async () => {
    const approved = await administration.factors.approveNumber(user, { by: TESTER, reason: TYPED });
    return approved.type === "approved";
  };
}

/** Sends the form too late: it is kept, and shown again to the same session once it has proved again. */
async function draftOf(
  person: ProvedPerson,
  { browser, form }: { browser: HttpBrowser; form: Page },
): Promise<Use> {
  const fields = { _csrf: hiddenField(form, "_csrf"), number: "", reason: TYPED };
  await browser.post(formAction(form), fields);
  return async () => {
    const page = await follow(browser, await browser.get(draftPath(person)));
    const shown =
      pageName(page) === "password" ? await follow(browser, await person.finish(browser, page)) : page;
    return shown.body.includes(TYPED);
  };
}

/** The ways to use one artefact must agree: alive in one of them is alive. */
function agreed(ways: readonly boolean[]): boolean {
  const [first = false] = ways;
  if (ways.some((way) => way !== first)) {
    throw new Error(`The ways to use it do not agree: ${ways.join(", ")}.`);
  }
  return first;
}
