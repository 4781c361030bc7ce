import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, basic, callToken, redeem, signIn } from "../support/relying-party.ts";
import { introspect, refresh, tokensFor, userinfo } from "../support/tokens.ts";
import { useFresh } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("an application that is disabled", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, user: {} });
  const { services, user } = vestibule;
  const shutdown = () => services.applicationShutdown;
  const application = useFresh(() => makeApplication(services));
  const other = useFresh(() => makeApplication(services));

  const stored = async ({ id }: TestApplication) =>
    (await services.applications.findStored(id)) ?? expect.fail();
  const disable = async (one: TestApplication = application) => {
    await shutdown().disable(await stored(one), "test");
    await isHeard(one, true);
  };
  /** Every process hears of it at once, by a notification. */
  const isHeard = (one: TestApplication, isDisabled: boolean) =>
    eventually(
      () => services.applications.find(one.id),
      (found) => found?.isDisabled === isDisabled,
    );
  const post = (path: string, of: TestApplication, fields: Record<string, string>) =>
    vestibule.browser().send(path, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(of.secret === null ? {} : { authorization: basic(of.id, of.secret) }),
      },
      body: new URLSearchParams({ client_id: of.id, ...fields }).toString(),
    });

  it("T152 gets no sign-in: not on a page, not silently, not pushed, and not for a device", async () => {
    const browser = vestibule.browser();
    await tokensFor(browser, application, user);
    await disable();
    for (const more of [{}, { prompt: "none" }]) {
      const page = await browser.get(authorizationRequest(vestibule.issuer, application, more).url);
      expect([page.status, page.location], JSON.stringify(more)).to.deep.equal([400, ""]);
    }
    const { url } = authorizationRequest(vestibule.issuer, application);
    const pushed = await post("/par", application, Object.fromEntries(new URL(url).searchParams));
    expect(pushed.status).to.equal(401);
  });

  it("T152 gets no code for a device, and no tokens for one that was approved before", async () => {
    const native = { type: "native", redirectUris: ["http://127.0.0.1/cb"], deviceFlow: true };
    const device = await makeApplication(services, native);
    const { body } = await post("/device/authorize", device, { scope: "openid" });
    const { device_code: code } = JSON.parse(body) as { device_code: string };
    await disable(device);
    expect((await post("/device/authorize", device, { scope: "openid" })).status).to.equal(401);
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: code };
    expect((await callToken(vestibule.browser(), device, grant)).status).to.equal(401);
  });

  it("T152 has no token any more: a code, a refresh token and an access token are refused at once", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(vestibule.browser(), request, user);
    await disable();
    expect((await redeem(browser, application, { redirect, request })).status).to.equal(401);
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(401);
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    expect((await introspect(browser, application, tokens.access)).status).to.equal(401);
    const asked = await introspect(browser, other, tokens.access);
    expect(asked).to.deep.equal({ status: 200, body: { active: false } });
  });

  it("T152 leaves users signed in elsewhere, and works again with all it had once it is enabled", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    await disable();
    const elsewhere = authorizationRequest(vestibule.issuer, other, { prompt: "none" });
    expect((await browser.get(elsewhere.url)).location).to.contain("code=");
    await shutdown().enable(await stored(application), "test");
    await isHeard(application, false);
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(200);
  });

  it("T152 is refused as a resource server, too", async () => {
    const identifier = "https://invoices.example";
    const server = await makeApplication(services, {
      ...{ type: "machine", redirectUris: [], resourceIdentifier: identifier, resourceScopes: ["invoices"] },
    });
    const caller = await makeApplication(services, {
      ...{ type: "machine", redirectUris: [], resources: [identifier] },
    });
    const ask = () =>
      callToken(vestibule.browser(), caller, { grant_type: "client_credentials", resource: identifier });
    expect((await ask()).status).to.equal(200);
    await disable(server);
    await eventually(ask, ({ body }) => body["error"] === "invalid_target");
    await shutdown().delete(await stored(server), "test");
    await shutdown().delete(await stored(caller), "test");
  });

  it("T152 can be deleted: it and its tokens are unknown, and the log keeps its name", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    await shutdown().delete(await stored(application), "test");
    await eventually(
      () => services.applications.find(application.id),
      (found) => found === null,
    );
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(401);
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    expect(await introspect(browser, other, tokens.access)).to.deep.equal({
      status: 200,
      body: { active: false },
    });
    const events = await asOwner(
      vestibule.database,
      "select actor, details from audit_events where type = 'application.deleted' and subject = $1",
      [application.id],
    );
    expect(events).to.deep.equal([{ actor: "test", details: { name: "Ledger" } }]);
  });
});
