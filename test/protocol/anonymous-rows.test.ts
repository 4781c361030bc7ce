import { expect } from "chai";
import { OidcModelStore } from "../../src/protocol/models/oidc-model-store.ts";
import { purgesOf } from "../../src/server/wiring/processes.ts";
import { aroundMethod } from "../support/around-method.ts";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { captureLog } from "../support/log-capture.ts";
import { makeApplication } from "../support/people.ts";
import { basic, follow, formAction, hiddenField } from "../support/relying-party.ts";
import { givePassword } from "../support/second-factor.ts";
import { statementsOf } from "../support/statements.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** The least that the setting allows, so that the test is short. */
const MOST = 50;
const KIND = { interaction: 2, pushed: 7, device: 9 } as const;
const BUSY = "203.0.113.7";
const QUIET = "203.0.113.8";

describe("what anonymous requests leave behind", () => {
  const vestibule = useVestibule({
    settings: {
      VESTIBULE_TRUSTED_PROXY_HOPS: "1",
      VESTIBULE_DEVICE_FLOW: "yes",
      VESTIBULE_UNFINISHED_PER_ADDRESS: String(MOST),
    },
    user: {},
    application: {},
  });
  const { services, database } = vestibule;
  const spa = useResource(() => makeApplication(services, { type: "browser", corsOrigins: [] }));
  const device = useResource(() =>
    makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true }),
  );
  beforeEach(() => asOwner(database, "delete from oidc_models"));

  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
  const begin = (address: string, browser = vestibule.browser()): Promise<Page> =>
    browser.get(vestibule.request().url, from(address));
  const flood = async (times: number, act: (index: number) => Promise<unknown>): Promise<void> => {
    for (let index = 0; index < times; index += 1) {
      await act(index);
    }
  };
  const rowsOf = async (kind: number): Promise<number> => {
    const text = "select count(*)::integer as count from oidc_models where kind = $1";
    return (await asOwner<{ count: number }>(database, text, [kind]))[0]?.count ?? -1;
  };
  const isSignedIn = async (browser: HttpBrowser, begun: Page): Promise<boolean> => {
    const done = await givePassword(browser, await browser.get(begun.location), vestibule.user);
    return done.location.includes("code=");
  };
  const send = (path: string, fields: Record<string, string>, address: string, authorization?: string) =>
    vestibule.browser().send(path, {
      method: "POST",
      headers: {
        ...from(address).headers,
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: new URLSearchParams(fields).toString(),
    });
  const askDevice = (address: string) =>
    send("/device/authorize", { client_id: device.id, scope: "openid" }, address);
  const push = (client: typeof spa, address: string) => {
    const fields = Object.fromEntries(new URL(vestibule.request({}, client).url).searchParams);
    const { secret } = client;
    return send("/par", fields, address, secret === null ? undefined : basic(client.id, secret));
  };

  it("T131 is as many unfinished sign-ins as one address may have, however many it begins", async () => {
    await flood(MOST * 2 + 5, () => begin(BUSY));
    expect(await rowsOf(KIND.interaction)).to.equal(MOST);
    await begin(QUIET);
    expect(await rowsOf(KIND.interaction)).to.equal(MOST + 1);
  });

  it("T131 leaves room for the newest: users sign in at another address and at the busy one", async () => {
    const [elsewhere, here] = [vestibule.browser(), vestibule.browser()];
    const before = await begin(QUIET, elsewhere);
    await flood(MOST, () => begin(BUSY));
    const among = await begin(BUSY, here);
    await flood(MOST - 1, () => begin(BUSY));
    expect([await isSignedIn(elsewhere, before), await isSignedIn(here, among)]).to.deep.equal([true, true]);
  });

  it("T131 gives up the oldest of the address first, whose page says how to go on", async () => {
    const browser = vestibule.browser();
    const first = await begin(BUSY, browser);
    await flood(MOST, () => begin(BUSY));
    const page = await browser.get(first.location);
    expect(page.status).to.equal(400);
    expect(page.body).to.contain("This sign-in has expired");
  });

  it("T131 is bounded when all come at once, too", async () => {
    await Promise.all(Array.from({ length: MOST * 3 }, () => begin(BUSY)));
    await begin(BUSY);
    // What is stored by one statement counts from the next one on.
    expect(await rowsOf(KIND.interaction)).to.be.within(MOST, MOST + 20);
    await flood(3, () => begin(BUSY));
    expect(await rowsOf(KIND.interaction)).to.be.within(MOST, MOST + 20);
  });

  it("T131 is bounded for device codes, and for pushed requests of applications without a secret", async () => {
    await flood(MOST + 10, () => askDevice(BUSY));
    expect(await rowsOf(KIND.device)).to.equal(MOST);
    await flood(MOST + 10, () => push(spa, BUSY));
    expect(await rowsOf(KIND.pushed)).to.equal(MOST);
    expect(await rowsOf(KIND.device), "each kind for itself").to.equal(MOST);
  });

  it("does not count pushed requests of an application that has proved who it is, for all its users", async () => {
    await flood(MOST + 10, () => push(vestibule.application, BUSY));
    expect(await rowsOf(KIND.pushed)).to.equal(MOST + 10);
  });

  it("does not count what a signed-in user has begun", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    const stepUp = await browser.get(vestibule.request({ prompt: "login" }).url, from(BUSY));
    await flood(MOST + 5, () => begin(BUSY));
    expect((await browser.get(stepUp.location)).status).to.equal(200);
  });

  it("T131 keeps the device code that a user has signed in with", async () => {
    const { device_code: code, user_code: typed } = JSON.parse((await askDevice(BUSY)).body) as Record<
      string,
      string
    >;
    const browser = vestibule.browser();
    const page = await browser.get("/device");
    const xsrf = hiddenField(page, "xsrf");
    const confirm = await browser.post(formAction(page), { xsrf, user_code: typed ?? "" });
    const yes = {
      xsrf: hiddenField(confirm, "xsrf"),
      user_code: hiddenField(confirm, "user_code"),
      confirm: "yes",
    };
    await givePassword(
      browser,
      await follow(browser, await browser.post(formAction(confirm), yes)),
      vestibule.user,
    );
    await flood(MOST + 5, () => askDevice(BUSY));
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    const fields = { client_id: device.id, grant_type: grant, device_code: code ?? "" };
    expect((await send("/token", fields, BUSY)).status).to.equal(200);
  });

  it("T131 is bounded in all as well, the oldest first, from however many addresses", async () => {
    const browser = vestibule.browser();
    await flood(30, (index) => begin(`198.51.100.${String(index)}`));
    const last = await begin(QUIET, browser);
    await vestibule.signIn(vestibule.browser());
    const store = new OidcModelStore(services.database, 1_000);
    expect(await store.forgetCrowd(10, 15)).to.equal(10);
    expect(await rowsOf(KIND.interaction), "one batch").to.equal(21);
    expect(await store.forgetCrowd(10, 15)).to.equal(6);
    expect(await store.forgetCrowd(10, 15)).to.equal(0);
    expect(await rowsOf(KIND.interaction)).to.equal(15);
    expect(await rowsOf(1), "sessions").to.equal(1);
    expect(await isSignedIn(browser, last)).to.equal(true);
  });

  it("T131 says in the log when there are more in all than are kept", async () => {
    const lines = captureLog(services.log, "warn");
    const housekeeping = async () => {
      for (const purge of purgesOf(services)) {
        await purge(10);
      }
    };
    await housekeeping();
    expect(lines).to.deep.equal([]);
    const restore = aroundMethod(OidcModelStore, "forgetCrowd", () => Promise.resolve(10));
    try {
      await housekeeping();
    } finally {
      restore();
    }
    expect(lines.map(({ msg, count }) => ({ msg, count }))).to.deep.equal([
      { msg: "more sign-ins were begun than are kept, and the oldest were dropped", count: 10 },
    ]);
  });

  it("T131 is bounded for the holder of an IPv6 /48, whatever network of it the requests come from", async () => {
    await flood(MOST * 10 + 20, (index) => begin(`2001:db8:7:${index.toString(16)}::1`));
    expect(await rowsOf(KIND.interaction)).to.equal(MOST * 10);
    await begin("2001:db8:8::1");
    expect(await rowsOf(KIND.interaction)).to.equal(MOST * 10 + 1);
  });

  it("costs no statement of its own", async () => {
    const browser = vestibule.browser();
    await begin(BUSY, browser);
    const statements = await statementsOf(() => begin(BUSY, browser));
    // What the server does in the background is counted too, and touches other tables.
    expect(statements.filter((name) => name.startsWith("oidc_"))).to.deep.equal(["oidc_write_add_crowd"]);
  });

  it("T131 is no list of addresses: what is kept of one is a keyed hash", async () => {
    await begin(BUSY);
    const rows = await asOwner<{ row: string; network: number }>(
      database,
      "select m::text as row, length(network) as network from oidc_models m",
    );
    expect(rows.map(({ network }) => network)).to.deep.equal([32]);
    expect(rows[0]?.row).to.not.contain(BUSY);
  });
});
