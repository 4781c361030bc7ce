import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { captureLog, type LogLine } from "../../support/log-capture.ts";
import { postAs } from "../../support/program.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const MESSAGE = "an application's request was refused";
const NO_PKCE = { code_challenge: null, code_challenge_method: null };

describe("a refused request", () => {
  const vestibule = useVestibule({ user: {} });
  let lines: LogLine[];
  let application: TestApplication;

  // The limits are for each minute, so each test has an application of its own.
  beforeEach(async () => {
    lines = captureLog(vestibule.services.log);
    application = await makeApplication(vestibule.services);
  });

  const ask = (changes: Readonly<Record<string, string | null>>, of = application) =>
    vestibule.browser().get(vestibule.request(changes, of).url);
  const call = (url: string, fields: Readonly<Record<string, string>>, of = application) =>
    postAs(vestibule.browser(), of, { url, fields });

  const refusals = () => Promise.resolve(lines.filter(({ msg }) => msg === MESSAGE));
  const warnings = async () => (await refusals()).filter(({ level }) => level === "warn");
  /** The line is written after the answer. */
  const warned = (of: string | null = application.id) =>
    eventually(warnings, (found) => found.some((line) => line["application"] === of)).then((found) =>
      found.filter((line) => line["application"] === of),
    );
  const kept = (of = application) =>
    asOwner<{ error: string; description: string; endpoint: string }>(
      vestibule.database,
      "select error, description, endpoint from application_refusals where application_id = $1 order by refused_at",
      [of.id],
    );

  const MISTAKES: Readonly<Record<string, [() => Promise<unknown>, RegExp]>> = {
    "without PKCE and nonce": [() => ask(NO_PKCE), /code_challenge_method=S256.*nonce.*--without-pkce/],
    "to an address that is not registered": [
      () => ask({ redirect_uri: "https://app.test/other" }),
      /redirect_uri/,
    ],
    "that is pushed with a wrong response type": [
      () =>
        call(
          "/par",
          Object.fromEntries(
            new URL(vestibule.request({ response_type: "token" }, application).url).searchParams,
          ),
        ),
      /response_type must be code/,
    ],
    "for a token with an unknown code": [
      () =>
        call("/token", {
          grant_type: "authorization_code",
          code: "x",
          redirect_uri: application.redirectUri,
        }),
      /begin a new one/,
    ],
    "with a wrong secret": [
      () => call("/introspect", { token: "x" }, { ...application, secret: "guess" }),
      /the secret or assertion is wrong/,
    ],
    "to sign out to an address that is not registered": [
      () =>
        vestibule
          .browser()
          .get(`/sign-out?client_id=${application.id}&post_logout_redirect_uri=https://elsewhere.test/`),
      /post_logout_redirect_uri/,
    ],
  };
  for (const [what, [send, telling]] of Object.entries(MISTAKES)) {
    it(`${what} is in the log at warn, with the client id, what was wrong and what to send, and kept for the console`, async () => {
      await send();
      const [line] = await warned();
      expect(line?.["description"]).to.match(telling);
      const [row] = await eventually(kept, (rows) => rows.length > 0);
      expect(row?.description).to.match(telling);
    });
  }

  it("that names no application here is in the log at warn too, with the client id that came", async () => {
    const stranger = { id: "app_of-an-older-installation", redirectUri: "https://app.test/cb" };
    await vestibule.browser().get(vestibule.request({}, { ...application, ...stranger }).url);
    expect((await warned(stranger.id))[0]?.["refusal"]).to.equal("invalid_client");
    await vestibule.browser().get("/authorize?client_id=%0Aforged&response_type=code");
    expect((await warned(null))[0]?.["refusal"]).to.equal("invalid_client");
  });

  it("by a wrong method is in the log at warn, with the right one", async () => {
    await vestibule.browser().get("/token");
    const line = await eventually(
      async () => (await warnings()).find(({ endpoint }) => endpoint === "/token"),
      (found) => found !== undefined,
    );
    expect(line?.["description"]).to.contain("POST");
  });

  it("that is no mistake of the application is none: a silent request without a session, a token that ended", async () => {
    await ask({ prompt: "none" });
    await userinfo(vestibule.browser(), "ended");
    const ordinary = await eventually(refusals, (found) => found.length >= 2);
    expect(ordinary.map(({ level }) => level)).to.deep.equal(["info", "info"]);
    await ask(NO_PKCE);
    await eventually(kept, (rows) => rows.length > 0);
    expect((await kept()).map(({ error }) => error)).to.deep.equal(["invalid_request"]);
  });

  it("T145 that comes again and again is one warning and one write a minute", async () => {
    for (let times = 0; times < 30; times += 1) {
      await ask(NO_PKCE);
    }
    await eventually(kept, (rows) => rows.length > 0);
    await eventually(refusals, (found) => found.length >= 30);
    expect(await warned()).to.have.lengthOf(1);
    expect(await kept()).to.have.lengthOf(1);
  });

  it("T145 in ever new ways fills neither the log nor the console of an application", async () => {
    const other = await makeApplication(vestibule.services);
    for (let times = 0; times < 40; times += 1) {
      await call(
        `/token`,
        { grant_type: "client_credentials", client_id: "x" },
        { ...application, secret: null },
      );
      await ask({
        redirect_uri: "https://app.test/other",
        claims: "x".repeat(times + 1),
        prompt: `p${String(times)}`,
      });
      await ask({ scope: `openid s${String(times)}`, response_type: `r${String(times)}` });
    }
    await eventually(refusals, (found) => found.length >= 80);
    expect((await warned()).length).to.be.at.most(10);
    expect((await kept()).length).to.be.at.most(10);
    await ask(NO_PKCE, other);
    expect(await warned(other.id), "the next application's").to.have.lengthOf(1);
  });

  it("T145 leaves nothing behind for an application that does not exist, nor for our own pages", async () => {
    await ask({ response_type: "x" }, { ...application, id: "app_of-another-installation" });
    await ask({ response_type: "x" }, { ...application, id: "app_vestibule-account-page" });
    await ask(NO_PKCE);
    await eventually(kept, (rows) => rows.length > 0);
    const rows = await asOwner<{ id: string }>(
      vestibule.database,
      "select distinct application_id as id from application_refusals where application_id like 'app\\_%installation' or application_id like 'app\\_vestibule%'",
    );
    expect(rows).to.deep.equal([]);
  });
});
