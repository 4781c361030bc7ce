import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { useLoggedProcess } from "../../support/logged-process.ts";
import { postAs } from "../../support/program.ts";
import { authorizationRequest, openSignIn, sendPassword } from "../../support/relying-party.ts";
import { tokensFor } from "../../support/tokens.ts";
import { endConnections, setReadOnly } from "../../support/read-only.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** A primary that was made a standby, or set read-only by its administrator. */
describe("a server whose database becomes read-only", () => {
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: {}, application: {} });
  const { application, user } = vestibule;
  const server = useLoggedProcess(vestibule, () => ({
    VESTIBULE_LOG_LEVEL: "info",
    VESTIBULE_MESSAGE_WORKERS: "no",
  }));

  const newBrowser = () => new HttpBrowser(vestibule.issuer, server.port);
  const enter = (browser: HttpBrowser, page: Page) =>
    sendPassword(browser, page, { officeCode: "NOORD", username: user.username, password: user.password });
  const readiness = async () => (await newBrowser().get("/health/ready")).status;

  it("is not ready and answers 503, says why in one line, and serves again by itself", async () => {
    const browser = newBrowser();
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, application));
    const { refresh } = await tokensFor(newBrowser(), application, user);
    expect(await readiness()).to.equal(200);

    await setReadOnly(vestibule.database, true);
    await endConnections(vestibule.database);
    await eventually(readiness, (status) => status === 503);
    expect(await readiness()).to.equal(503);
    const password = await enter(browser, page);
    expect(password.status).to.equal(503);
    expect(password.headers["retry-after"]).to.equal("5");
    const fields = { grant_type: "refresh_token", refresh_token: refresh };
    const token = await postAs(newBrowser(), application, { url: "/token", fields });
    expect(token.status).to.equal(503);
    expect(JSON.parse(token.body)).to.include({ error: "temporarily_unavailable" });

    await setReadOnly(vestibule.database, false);
    await endConnections(vestibule.database);
    await eventually(readiness, (status) => status === 200);
    expect(
      (await postAs(newBrowser(), application, { url: "/token", fields })).status,
      "the same token",
    ).to.equal(200);
    expect((await enter(browser, page)).status, "the same page").to.equal(303);
    expect((await tokensFor(newBrowser(), application, user)).access).to.not.equal("");

    await server.stop();
    const notReady = server
      .log()
      .split("\n")
      .filter((line) => /not ready: .*read-only/.test(line));
    expect(notReady, server.log()).to.have.length(1);
    expect(server.log()).to.contain("ready again");
    const [rows] = await asOwner<{ count: number }>(
      vestibule.database,
      "select count(*)::int as count from audit_events where type = 'token.reused'",
    );
    expect(rows?.count, "alarms").to.equal(0);
  });
});
