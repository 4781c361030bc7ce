import { expect } from "chai";
import { expectOn, send } from "../../support/account.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { makeOffice } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { ScimClient } from "../../support/scim-client.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the page of an office's directory", function () {
  this.timeout(60_000);
  const world = useVestibule();
  const { services } = world;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const path = () => `/console/o/${office.code}/settings/directory`;
  const tokenIn = (body: string): string => /class="code">([\w-]{64})</.exec(body)?.[1] ?? "";
  /** Presses the button that makes a token, as the page was when it was opened. */
  const make = (browser: HttpBrowser, page: Page) =>
    send(browser, page, { do: "make", seen: hiddenField(page, "seen") });
  const statusOf = async (token: string) =>
    (await new ScimClient(world.browser(), token).get("/Users")).status;

  it("T191 shows a new token once, leaves the one before valid, and ends them when asked", async () => {
    const { browser } = await atConsole(world, staff);
    const first = await make(browser, await browser.get(path()));
    expect(first.status).to.equal(200);
    const [one, two] = [tokenIn(first.body), tokenIn((await make(browser, first)).body)];
    expect([await statusOf(one), await statusOf(two)]).to.deep.equal([200, 200]);
    const later = await browser.get(path());
    expect(later.body).to.not.contain(one).and.not.contain(two);
    const ended = await send(browser, later, { do: "end-replaced" });
    const page = await follow(browser, ended);
    expectOn(page, path());
    expect(page.body).to.contain("The tokens were ended.");
    expect([await statusOf(one), await statusOf(two)]).to.deep.equal([401, 200]);
    await send(browser, page, { do: "end-all" });
    expect(await statusOf(two)).to.equal(401);
  });

  it("T191 T137 makes one token of a form that is sent twice, also at the same moment", async () => {
    const { browser } = await atConsole(world, staff);
    const form = await browser.get(path());
    const answers = await Promise.all([0, 1].map(() => make(browser.copy(), form)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 303]);
    expect(await services.stores.scimTokens.list(office.id)).to.have.length(1);
    expect((await send(browser, form, { do: "make", seen: "x" })).status).to.equal(400);
  });

  it("T191 tests a token that is pasted, and keeps none of it", async () => {
    const { browser } = await atConsole(world, staff);
    const made = await make(browser, await browser.get(path()));
    const token = tokenIn(made.body);
    const good = await send(browser, made, { do: "test", token });
    expect(good.body).to.contain("This token works.").and.not.contain(token);
    const bad = await send(browser, made, { do: "test", token: token.toLowerCase() });
    expect(bad.status).to.equal(400);
    expect(bad.body).to.contain('id="token-error"').and.not.contain(token.toLowerCase());
    expect((await send(browser, made, { do: "nothing" })).status).to.equal(400);
  });

  it("shows the last requests that were refused", async () => {
    const { browser } = await atConsole(world, staff);
    const token = tokenIn((await make(browser, await browser.get(path()))).body);
    await new ScimClient(world.browser(), token).find("nonsense");
    const { body } = await browser.get(path());
    expect(body).to.contain("GET /scim/v2/Users").and.contain("The filter ends");
  });

  it("T196 asks for a fresh proof, and is there for superusers of the office alone", async () => {
    const { browser } = await atConsole(world, staff);
    const form = await browser.get(path());
    travel(6 * MINUTE);
    expect((await make(browser, form)).location).to.contain("/authorize?");
    expect(await services.stores.scimTokens.list(office.id)).to.deep.equal([]);
    const team = await supportOffice(services);
    const others = [
      await makeStaff(services, team, { role: "support" }),
      await makeStaff(services, office, { role: "accountant" }),
    ];
    for (const other of others) {
      const visit = await atConsole(world, other);
      expect((await visit.browser.get(path())).status).to.equal(403);
    }
  });
});
