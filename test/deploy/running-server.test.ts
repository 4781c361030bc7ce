import { expect } from "chai";
import { METRICS } from "../../src/server/metrics/catalogue.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { namedIn, queries } from "../support/monitoring-files.ts";
import { callToken, openSignIn, redeem, sendPassword } from "../support/relying-party.ts";
import { scrape, valueOf } from "../support/scrape.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const port = await freePort();

describe("the scrape of a running server", () => {
  const world = useVestibule({
    settings: { VESTIBULE_MANAGEMENT_PORT: String(port) },
    ...{ office: {}, user: {}, application: {} },
  });

  /** A sign-in, a wrong password, a page that there is not, a wrong secret, and a mail. */
  async function oneOfEach(): Promise<void> {
    const { services, application, user, office } = world;
    await services.officeService.supportOffice("Vestibule", "test");
    const browser = world.browser();
    const request = world.request();
    await redeem(browser, application, { redirect: await world.signIn(browser, request), request });
    await browser.get(`${world.issuer}/nowhere`);
    await callToken(browser, { ...application, secret: "not the secret" }, { grant_type: "refresh_token" });
    const wrong = world.browser();
    const fields = { officeCode: office.code, username: user.username, password: "not the password" };
    await sendPassword(wrong, await openSignIn(wrong, world.request()), fields);
    await services.links.passwordLinks.ask({
      ...{ officeCode: office.code, username: user.username, applicationId: null },
      visitor: { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "request-1234" },
    });
  }

  it("has every metric that a rule or a panel asks for", async () => {
    await oneOfEach();
    const samples = await eventually(
      () => scrape(port),
      (seen) => valueOf(seen, "vestibule_messages_total", { state: "sent" }) > 0,
    );
    const names = new Set(samples.map(({ name }) => name));
    const asked = new Set(queries.flatMap(({ expr }) => namedIn(expr).map(({ name }) => name)));
    expect([...asked].filter((name) => !names.has(name))).to.deep.equal([]);
    expect(asked.size).to.be.at.least(Object.keys(METRICS).length);
  });
});
