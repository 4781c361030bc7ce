import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { type Page } from "../../support/http-browser.ts";
import { makeApplication, makeUser, type TestUser } from "../../support/people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  signIn,
} from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const EVIL = "https://evil.test";

describe("requests that another site makes a browser send", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { services, user } = vestibule;
  const attacker = useResource(() => makeUser(services, vestibule.office));
  const foreign = useResource(() => makeApplication(services, { name: "Foreign", firstParty: false }));

  const request = (changes: Record<string, string> = {}, of = vestibule.application) =>
    authorizationRequest(vestibule.issuer, of, changes);
  const credentials = ({ office, username, password }: TestUser) => ({
    officeCode: office.code,
    username,
    password,
  });

  async function isSignedIn(browser: HttpBrowser): Promise<boolean> {
    const { location } = await browser.get(request({ prompt: "none" }).url);
    return new URL(location).searchParams.has("code");
  }

  /** Nothing was proved, no cookie was given, and the answer is a friendly page. */
  async function expectRefused(answer: Page, status: number, before: number): Promise<void> {
    expect(answer.status).to.equal(status);
    expect(answer.body).to.contain("<h1>");
    expect(answer.location).to.equal("");
    expect(answer.setCookies.filter((line) => !line.includes("01 Jan 1970"))).to.be.empty;
    expect(await provedSignIns(), "sign-ins with a proved password").to.equal(before);
  }

  async function provedSignIns(): Promise<number> {
    const [row] = await asOwner<{ count: number }>(
      vestibule.database,
      "select count(*)::integer as count from sign_ins",
    );
    return row?.count ?? -1;
  }

  it("T58 binds nothing to a victim's cookie under an attacker's address", async () => {
    const before = await provedSignIns();
    const evil = vestibule.browser();
    const theirs = await openSignIn(evil, request());
    const victim = vestibule.browser();
    const own = await openSignIn(victim, request());
    const cookie = victim.cookiesFor(new URL(own.url).pathname);
    const ask = { headers: { cookie, origin: vestibule.issuer } };
    const form = { _csrf: hiddenField(theirs, "_csrf"), ...credentials(attacker) };
    await expectRefused(await vestibule.browser().post(formAction(theirs), form, ask), 400, before);
    await expectRefused(await vestibule.browser().get(theirs.url, ask), 400, before);
    const resumed = await vestibule.browser().get(theirs.url.replace("/interaction/", "/authorize/"), ask);
    expect(resumed.status).to.equal(400);
    expect(await isSignedIn(victim)).to.equal(false);
  });

  it("T58 binds nothing to an attacker's cookie under a victim's address", async () => {
    const before = await provedSignIns();
    const evil = vestibule.browser();
    const theirs = await openSignIn(evil, request());
    const victim = vestibule.browser();
    const own = await openSignIn(victim, request());
    const cookie = evil.cookiesFor(new URL(theirs.url).pathname);
    const form = { _csrf: hiddenField(own, "_csrf"), ...credentials(attacker) };
    const answer = await vestibule.browser().post(formAction(own), form, { headers: { cookie } });
    await expectRefused(answer, 400, before);
    const cancelled = await vestibule
      .browser()
      .post(formAction(own), { _csrf: hiddenField(own, "_csrf"), cancel: "1" }, { headers: { cookie } });
    await expectRefused(cancelled, 400, before);
    expect((await victim.get(own.url)).status, "the victim's own page").to.equal(200);
  });

  it("T58 answers an address without any cookie with the way back to the application", async () => {
    const page = await openSignIn(vestibule.browser(), request());
    const answer = await vestibule.browser().get(page.url);
    await expectRefused(answer, 400, await provedSignIns());
    expect(answer.body).to.contain("This sign-in has expired").and.contain('href="https://app.test/"');
  });

  const origins = {
    "another site": { origin: EVIL },
    "a sandboxed frame": { origin: "null" },
    "a sibling host": { origin: "http://sub.localhost" },
    "our host on another port": { origin: "http://localhost:1" },
    "our host with more behind it": { origin: "http://localhost.evil.test" },
    "another site that sends no origin": { origin: "", "sec-fetch-site": "cross-site" },
    "a sibling that sends no origin": { origin: "", "sec-fetch-site": "same-site" },
  };
  for (const [who, headers] of Object.entries(origins)) {
    it(`T60 signs nobody in by a form of ${who}`, async () => {
      const before = await provedSignIns();
      const victim = vestibule.browser();
      const page = await openSignIn(victim, request());
      const form = { _csrf: hiddenField(page, "_csrf"), ...credentials(attacker) };
      await expectRefused(await victim.post(formAction(page), form, { headers }), 403, before);
      expect(await isSignedIn(victim)).to.equal(false);
    });
  }

  it("T60 wants the token of this very sign-in with a form", async () => {
    const victim = vestibule.browser();
    const page = await openSignIn(victim, request());
    const token = hiddenField(page, "_csrf");
    const theirs = hiddenField(await openSignIn(vestibule.browser(), request()), "_csrf");
    const before = await provedSignIns();
    const last = token.endsWith("A") ? "E" : "A";
    for (const wrong of ["", theirs, `${token.slice(0, -1)}${last}`, `${token}AAAA`, "é".repeat(32)]) {
      const form = { _csrf: wrong, ...credentials(attacker) };
      await expectRefused(await victim.post(formAction(page), form), 403, before);
    }
    await expectRefused(await victim.post(formAction(page), credentials(attacker)), 403, before);
    await expectRefused(await victim.post(formAction(page), { cancel: "1" }), 403, before);
    const right = await victim.post(formAction(page), { _csrf: token, ...credentials(user) });
    expect(right.status).to.equal(303);
  });

  it("T60 takes no token from the address and no form as JSON, text or multipart", async () => {
    const victim = vestibule.browser();
    const page = await openSignIn(victim, request());
    const form = { _csrf: hiddenField(page, "_csrf"), ...credentials(attacker) };
    const before = await provedSignIns();
    const inAddress = `${formAction(page)}?${new URLSearchParams(form).toString()}`;
    await expectRefused(await victim.post(inAddress, {}), 403, before);
    expect((await victim.get(inAddress)).body, "as GET").to.contain("<title>Sign in");
    for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]) {
      const ask = { headers: { "content-type": type }, body: JSON.stringify(form) };
      await expectRefused(await victim.post(formAction(page), {}, ask), 400, before);
    }
    expect(await provedSignIns()).to.equal(before);
  });

  it("T60 gives no consent by a form of another site or with another sign-in's token", async () => {
    const victim = vestibule.browser();
    await signIn(victim, request(), user);
    const consent = await follow(victim, await victim.get(request({}, foreign).url));
    expect(consent.body).to.contain("Foreign");
    const form = { decision: "allow", _csrf: hiddenField(consent, "_csrf") };
    const theirs = hiddenField(await openSignIn(vestibule.browser(), request()), "_csrf");
    const before = await provedSignIns();
    for (const headers of Object.values(origins)) {
      await expectRefused(await victim.post(formAction(consent), form, { headers }), 403, before);
    }
    const forged = { ...form, _csrf: theirs };
    await expectRefused(await victim.post(formAction(consent), forged), 403, before);
    const silent = await victim.get(request({ prompt: "none" }, foreign).url);
    expect(new URL(silent.location).searchParams.get("error")).to.equal("consent_required");
  });

  it("T60 signs nobody out without their own page", async () => {
    const victim = vestibule.browser();
    await signIn(victim, request(), user);
    await victim.get("/sign-out", { headers: { origin: EVIL, "sec-fetch-site": "cross-site" } });
    expect(await isSignedIn(victim), "after a link from elsewhere").to.equal(true);
    const evil = vestibule.browser();
    await signIn(evil, request(), attacker);
    const theirs = hiddenField(await evil.get("/sign-out"), "xsrf");
    for (const xsrf of ["", "guess", theirs]) {
      const answer = await victim.post("/sign-out/confirm", { xsrf, logout: "yes" });
      expect((await follow(victim, answer)).body).to.contain("Sign out?");
      expect(await isSignedIn(victim), `with ${xsrf}`).to.equal(true);
    }
    const page = await victim.get("/sign-out");
    const fields = { xsrf: hiddenField(page, "xsrf"), logout: "yes" };
    await follow(victim, await victim.post("/sign-out/confirm", fields));
    expect(await isSignedIn(victim), "after the own page").to.equal(false);
  });
});
