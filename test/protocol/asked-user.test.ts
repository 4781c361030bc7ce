import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { type TestApplication, type TestUser } from "../support/people.ts";
import {
  claimsOf,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  type Request,
} from "../support/relying-party.ts";
import { letItSubmit } from "../support/self-submitting.ts";
import { tokensFor, userinfo } from "../support/tokens.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const QUESTION = "A different account is required";

describe("a request that asks for another user than the one signed in", () => {
  const vestibule = useVestibule({ office: { name: "Noord & Zonen" }, user: {}, application: {} });
  const { user: sanne, application } = vestibule;
  const omar = useResource(() => vestibule.makeUser({ name: "Omar Haddad" }));
  const pairwise = useResource(() => vestibule.makeApplication({ name: "Pairs", pairwise: true }));
  const foreign = useResource(() => vestibule.makeApplication({ name: "Shoebox", firstParty: false }));

  const hintOf = async (user: TestUser, of: TestApplication = application) =>
    (await tokensFor(vestibule.browser(), of, user, { scope: "openid" })).id;
  const subject = (value: unknown) => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) });
  const signedIn = async (user = sanne) => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser, vestibule.request(), user);
    return browser;
  };
  const decide = async (browser: HttpBrowser, page: Page, decision: string) =>
    follow(browser, await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), decision }));
  const typePassword = (browser: HttpBrowser, page: Page, { office, username, password }: TestUser) =>
    sendPassword(browser, page, { officeCode: office.code, username, password });
  const answerOf = (location: string) => Object.fromEntries(new URL(location).searchParams);
  const silently = async (browser: HttpBrowser, changes: Record<string, string>, of = application) =>
    answerOf((await browser.get(vestibule.request({ ...changes, prompt: "none" }, of).url)).location);
  const subjectOf = async (browser: HttpBrowser, request: Request, location: string) =>
    claimsOf((await redeem(browser, application, { redirect: new URL(location), request })).body["id_token"])[
      "sub"
    ];

  const WAYS: Readonly<Record<string, (user: TestUser) => Promise<Record<string, string>>>> = {
    "a hint": async (user) => ({ id_token_hint: await hintOf(user) }),
    "a claim": (user) => Promise.resolve(subject(user.id)),
    "a list of one": (user) =>
      Promise.resolve({ claims: JSON.stringify({ id_token: { sub: { values: [user.id] } } }) }),
  };

  for (const [way, changesFor] of Object.entries(WAYS)) {
    it(`T141 says so, and lets the other user sign in, who replaces the session: ${way}`, async () => {
      const browser = vestibule.browser();
      const first = await tokensFor(browser, application, sanne, { scope: "openid" });
      const request = vestibule.request(await changesFor(omar));
      const question = await openSignIn(browser, request);
      expect(question.body)
        .to.contain(QUESTION)
        .and.contain("Signed in as Sanne Bakker, Noord &amp; Zonen")
        .and.contain("Ledger")
        .and.not.contain("Omar");
      const page = await decide(browser, question, "switch");
      expect(page.body).to.contain('name="password"');
      const before = browser.copy();
      expect(await silently(before, {}), "until then the session is as it was").to.have.property("code");
      const sent = await follow(browser, await typePassword(browser, page, omar));
      const back = await follow(browser, await letItSubmit(browser, sent, ["xsrf", "logout"]));
      expect(await subjectOf(browser, request, back.location)).to.equal(omar.id);
      expect(await silently(before, {}), "the first session").to.include({ error: "login_required" });
      expect((await userinfo(browser, first.access)).status, "the first one's token").to.equal(401);
    });

    it(`T141 shows the same page again after the wrong user has signed in again: ${way}`, async () => {
      const browser = await signedIn();
      const request = vestibule.request(await changesFor(omar));
      const page = await decide(browser, await openSignIn(browser, request), "switch");
      const again = await follow(browser, await typePassword(browser, page, sanne));
      expect([again.status, again.location]).to.deep.equal([200, ""]);
      expect(again.body).to.contain(QUESTION).and.contain("Sanne Bakker");
      const { location } = await decide(browser, again, "back");
      expect(answerOf(location)).to.include({ error: "login_required", state: request.state });
    });

    it(`T141 takes the user back to the application with an error, and keeps the session: ${way}`, async () => {
      const browser = await signedIn();
      const request = vestibule.request(await changesFor(omar));
      const { location } = await decide(browser, await openSignIn(browser, request), "back");
      expect(location).to.match(/^https:\/\/app\.test\/cb\?/);
      const { error, error_description, state, iss, code } = answerOf(location);
      expect([error, state, iss, code]).to.deep.equal([
        "login_required",
        request.state,
        vestibule.issuer,
        undefined,
      ]);
      expect(error_description).to.contain("id_token_hint");
      expect(await silently(browser, {})).to.have.property("code");
    });

    it(`T141 answers login_required silently, and the user's own with a code: ${way}`, async () => {
      const browser = await signedIn();
      expect(await silently(browser, await changesFor(omar))).to.include({ error: "login_required" });
      expect(await silently(browser, await changesFor(sanne))).to.have.property("code");
    });

    it(`T141 asks for the sign-in at once where no user is signed in, and says so after the wrong one: ${way}`, async () => {
      const browser = vestibule.browser();
      const page = await openSignIn(browser, vestibule.request(await changesFor(omar)));
      expect(page.body).to.contain('name="password"');
      const question = await follow(browser, await typePassword(browser, page, sanne));
      expect(question.body).to.contain(QUESTION);
    });
  }

  it("T141 says the same of an account that exists and of one that does not", async () => {
    const browser = await signedIn();
    const shown = async (value: string) => {
      const { body } = await openSignIn(browser, vestibule.request(subject(value)));
      return body
        .replaceAll(/\/interaction\/[\w-]+/g, "")
        .replace(hiddenField({ body } as Page, "_csrf"), "");
    };
    expect(await shown(omar.id))
      .to.contain(QUESTION)
      .and.equal(await shown(randomUUID()));
    const answerTo = async (changes: Record<string, string>) => {
      const { error, error_description } = await silently(browser, changes);
      return [error, error_description];
    };
    const known = await answerTo(subject(omar.id));
    expect(await answerTo(subject(randomUUID())), "no account").to.deep.equal(known);
    expect(await answerTo({ id_token_hint: await hintOf(omar) }), "a hint").to.deep.equal(known);
  });

  it("T141 asks before prompt=login, prompt=select_account and max_age ask for the password", async () => {
    const hint = { id_token_hint: await hintOf(omar) };
    for (const changes of [{ prompt: "login" }, { prompt: "select_account" }, { max_age: "0" }]) {
      const browser = await signedIn();
      const request = vestibule.request({ ...hint, ...changes });
      const question = await openSignIn(browser, request);
      expect(question.body, JSON.stringify(changes)).to.contain(QUESTION);
      const page = await decide(browser, question, "switch");
      const sent = await follow(browser, await typePassword(browser, page, omar));
      const back = await follow(browser, await letItSubmit(browser, sent, ["xsrf", "logout"]));
      expect(await subjectOf(browser, request, back.location), JSON.stringify(changes)).to.equal(omar.id);
    }
  });

  it("T141 knows the subject as the application knows it, also a pairwise one", async () => {
    const browser = await signedIn();
    const own = await hintOf(sanne, pairwise);
    expect(await silently(browser, { id_token_hint: own }, pairwise)).to.have.property("code");
    expect(await silently(browser, subject(claimsOf(own)["sub"]), pairwise)).to.have.property("code");
    expect(await silently(browser, subject(sanne.id), pairwise)).to.include({ error: "login_required" });
    const others = { id_token_hint: await hintOf(omar, pairwise) };
    expect((await openSignIn(browser, vestibule.request(others, pairwise))).body).to.contain(QUESTION);
  });

  it("T141 asks this before a consent, and consents as the user who has signed in", async () => {
    const browser = await signedIn();
    const request = vestibule.request({ ...subject(omar.id), scope: "openid" }, foreign);
    const page = await decide(browser, await openSignIn(browser, request), "switch");
    const sent = await follow(browser, await typePassword(browser, page, omar));
    const consent = await follow(browser, await letItSubmit(browser, sent, ["xsrf", "logout"]));
    expect(consent.body).to.contain("Allow access?").and.contain("Signed in as Omar Haddad");
  });

  it("T141 never lets a choice on the page stand for a sign-in", async () => {
    const browser = await signedIn();
    const question = await openSignIn(browser, vestibule.request(subject(omar.id)));
    const sent = { _csrf: hiddenField(question, "_csrf"), decision: "switch" };
    const resumed = await browser.get((await browser.post(formAction(question), sent)).location);
    expect(resumed.location).to.match(/\/interaction\/[\w-]+$/);
    const twice = await browser.post(formAction(question), sent);
    expect(twice.status, "the page's form once more").to.equal(400);
    expect(await silently(browser, subject(omar.id))).to.include({ error: "login_required" });
  });

  it("T141 refuses a form without its token, from another page, or in another browser", async () => {
    const browser = await signedIn();
    const question = await openSignIn(browser, vestibule.request(subject(omar.id)));
    const body = new URLSearchParams({ _csrf: hiddenField(question, "_csrf"), decision: "switch" });
    const send = (by: HttpBrowser, text: string, origin = vestibule.issuer) =>
      by.send(formAction(question), {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", origin },
        body: text,
      });
    expect((await send(browser, "decision=switch")).status).to.equal(403);
    expect((await send(browser, body.toString(), "https://evil.test")).status).to.equal(403);
    expect((await send(await signedIn(omar), body.toString())).status).to.be.oneOf([400, 403]);
    const { location } = await decide(browser, question, "SWITCH");
    expect(answerOf(location), "any other decision").to.include({ error: "login_required" });
  });

  it("T136 T141 names a subject that is no text", async () => {
    for (const sub of ["x", true, 5, [], { value: 5 }, { value: null }, { values: "x" }, { values: [5] }]) {
      const claims = JSON.stringify({ id_token: { sub } });
      const { location } = await vestibule.browser().get(vestibule.request({ claims }).url);
      const { error, error_description } = answerOf(location);
      expect([claims, error]).to.deep.equal([claims, "invalid_request"]);
      expect(error_description).to.contain("claims");
    }
    for (const sub of [null, {}, { essential: true }]) {
      const claims = JSON.stringify({ id_token: { sub } });
      expect(await silently(await signedIn(), { claims })).to.have.property("code");
    }
  });
});
