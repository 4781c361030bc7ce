import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import { startLoggedProcess, type LoggedProcess } from "../support/logged-process.ts";
import { makeApplication, makeOffice, makeUser, type TestApplication } from "../support/people.ts";
import { authorizationRequest, callToken } from "../support/relying-party.ts";
import { refresh, tokensFor } from "../support/tokens.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("what the log says of an application's mistakes", () => {
  let vestibule: TestVestibule;
  let server: LoggedProcess;
  let application: TestApplication;
  const values: string[] = [];

  interface Line {
    readonly msg?: string;
    readonly application?: string | null;
    readonly address?: string;
    readonly refusal?: string;
    readonly detail?: string | null;
    readonly description?: string | null;
  }
  let lines: Line[];

  before(async () => {
    vestibule = await startVestibule();
    server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "info" });
    application = await makeApplication(vestibule.services);
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    const browser = new HttpBrowser(vestibule.issuer, server.port);
    await browser.get(authorizationRequest(vestibule.issuer, application, { code_challenge: null }).url);
    await browser.get(
      authorizationRequest(vestibule.issuer, application, { redirect_uri: "https://app.test/other" }).url,
    );
    await callToken(
      browser,
      { id: application.id, secret: "guess-okapi" },
      { grant_type: "client_credentials" },
    );
    const tokens = await tokensFor(browser, application, user);
    await refresh(browser, application, tokens.refresh);
    await refresh(browser, application, tokens.refresh);
    values.push(tokens.access, tokens.refresh, application.secret ?? "", "guess-okapi");
    await server.stop();
    lines = server
      .log()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Line)
      .filter(({ msg }) => msg === "an application's request was refused");
  });
  after(() => vestibule.stop());

  const refusalAt = (address: string, refusal: string) =>
    lines.find((line) => line.address === address && line.refusal === refusal);

  it("names the application, the address and the fault", () => {
    const noChallenge = refusalAt("/authorize", "invalid_request");
    expect(noChallenge?.application).to.equal(application.id);
    expect(noChallenge?.description).to.match(/PKCE|code_challenge/);
    expect(refusalAt("/authorize", "invalid_redirect_uri")?.application).to.equal(application.id);
    expect(refusalAt("/token", "invalid_client")?.application).to.equal(application.id);
  });

  it("names the detail that the application is not told", () => {
    expect(refusalAt("/token", "invalid_grant")?.detail).to.equal("refresh token already used");
  });

  it("holds no token, code or secret", () => {
    values.forEach((value) => {
      expect(server.log()).to.not.contain(value);
    });
  });
});
