import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { startLoggedProcess, type LoggedProcess } from "../../support/logged-process.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import {
  authorizationRequest,
  basic,
  follow,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
} from "../../support/relying-party.ts";
import { introspect, refresh, revoke, tokensOf, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PASSWORD = "marker-password-okapi-91";
const CHANGES = ["oidc_models", "audit_events", "rate_limits", "sign_ins", "offices", "applications"];

describe("what is written down of a secret", () => {
  const vestibule = useVestibule({ application: {} });
  const { application } = vestibule;
  let server: LoggedProcess;
  let user: TestUser;
  /** Everything that nobody may find later, by what it is. */
  const secrets = new Map<string, string>();
  const pages: Page[] = [];

  before(async function () {
    this.timeout(60_000);
    server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "trace" });
    const office = await makeOffice(vestibule.services, { code: "NOORD" });
    user = await makeUser(vestibule.services, office, { password: PASSWORD });
    secrets.set("client secret", application.secret ?? "");
    secrets.set("right password", PASSWORD);
    await everything();
    for (const table of CHANGES) {
      await brokenBy(table, everything);
    }
    await server.stop();
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, server.port);

  /** Each kind of request with a secret in it, right and wrong. Ends early where something is broken. */
  async function everything(): Promise<void> {
    const browser = newBrowser();
    await mistakes(browser);
    const request = authorizationRequest(vestibule.issuer, application, { nonce: mark("nonce") });
    note("verifier", request.verifier);
    const page = keep(await openSignIn(browser, request));
    note("interaction", /interaction\/([^/]+)/.exec(page.url)?.[1]);
    note("form token", hiddenField(page, "_csrf"));
    if (hiddenField(page, "_csrf") === "") {
      return;
    }
    const { username, office } = user;
    const typed = { officeCode: office.code, username };
    keep(await sendPassword(browser, page, { ...typed, password: mark("wrong password") }));
    keep(
      await sendPassword(browser, page, { ...typed, username: mark("password as username"), password: "x" }),
    );
    keep(
      await sendPassword(browser, page, { officeCode: mark("password as office"), username, password: "x" }),
    );
    const answer = keep(
      await follow(browser, await sendPassword(browser, page, { ...typed, password: PASSWORD })),
    );
    browser
      .cookiesFor("/")
      .split("; ")
      .filter((pair) => /session|browser/.test(pair))
      .forEach((pair) => {
        const [name = "", value] = pair.split("=");
        note(`cookie ${name}`, value);
      });
    if (answer.location === "") {
      return;
    }
    const redirect = new URL(answer.location);
    note("code", redirect.searchParams.get("code") ?? "");
    const redeemed = await redeem(browser, application, { redirect, request });
    if (redeemed.status === 200) {
      await useTokens(browser, tokensOf(redeemed));
      await redeem(browser, application, { redirect, request });
    }
  }

  async function useTokens(browser: HttpBrowser, tokens: { access: string; refresh: string; id: string }) {
    const second = await refresh(browser, application, tokens.refresh);
    note("access token", tokens.access);
    note("refresh token", tokens.refresh);
    note("id token", tokens.id);
    note("second refresh token", second.body["refresh_token"]);
    await userinfo(browser, tokens.access);
    await introspect(browser, application, tokens.access);
    await revoke(browser, application, tokens.access);
    await refresh(browser, application, tokens.refresh);
    keep(await browser.get(`/sign-out?id_token_hint=${tokens.id}`));
    keep(await browser.get(`/userinfo?access_token=${tokens.access}`));
  }

  /** Secrets where none belongs. */
  async function mistakes(browser: HttpBrowser): Promise<void> {
    const wrong = { id: application.id, secret: mark("wrong client secret") };
    const fields = {
      grant_type: "authorization_code",
      code: mark("wrong code"),
      code_verifier: mark("wrong verifier"),
    };
    await postAs(browser, wrong, { url: "/token", fields });
    await postAs(browser, application, { url: "/token", fields });
    await postAs(browser, { id: mark("secret as id"), secret: "x" }, { url: "/token", fields });
    await postAs(browser, application, { url: "/introspect", fields: { token: mark("foreign token") } });
    await browser.get("/userinfo", { headers: { authorization: `Bearer ${mark("bearer")}` } });
    keep(await browser.get(`/sign-out?id_token_hint=${mark("hint")}`));
    keep(await browser.get(`/interaction/${mark("uid")}`));
    keep(await browser.get(`/authorize/${mark("resumed")}`));
    keep(await browser.get(`/nothing/${mark("path")}?password=${mark("query")}`));
    keep(
      await browser.get("/", {
        headers: { cookie: `vestibule-session=${mark("cookie")}`, "user-agent": mark("agent") },
      }),
    );
    keep(await browser.post("/sign-out/confirm", { xsrf: mark("xsrf"), logout: "yes" }));
    const request = authorizationRequest(vestibule.issuer, application, {
      prompt: "none",
      id_token_hint: mark("id hint"),
    });
    keep(await browser.get(request.url));
  }

  function note(what: string, value: unknown): void {
    if (typeof value === "string" && value !== "") {
      secrets.set(`${what} ${String(secrets.size)}`, value);
    }
  }

  /** A secret that we make up and send. */
  function mark(what: string): string {
    const value = `marker-${String(secrets.size)}-${what.replaceAll(" ", "-")}-${"z".repeat(20)}`;
    note(what, value);
    return value;
  }

  function keep(page: Page): Page {
    pages.push(page);
    return page;
  }

  async function brokenBy(table: string, work: () => Promise<void>): Promise<void> {
    await asOwner(vestibule.database, `alter table ${table} rename to ${table}_away`);
    try {
      await work();
    } finally {
      await asOwner(vestibule.database, `alter table ${table}_away rename to ${table}`);
    }
  }

  /** All writings in which a secret could be found. */
  const writings = (secret: string): string[] => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64").replaceAll("=", ""),
    Buffer.from(secret).toString("hex"),
    basic(application.id, secret).slice("Basic ".length),
  ];

  function expectNoSecretIn(text: string): void {
    const found = [...secrets]
      .filter(([, secret]) => writings(secret).some((writing) => text.includes(writing)))
      .map(([what]) => what);
    expect(found).to.be.empty;
  }

  it("T108 was much enough to find something", () => {
    const kinds = new Set([...secrets.keys()].map((what) => what.replace(/ \d+$/, "")));
    expect([...kinds]).to.include.members([
      "code",
      "access token",
      "refresh token",
      "id token",
      "second refresh token",
      "interaction",
      "verifier",
      "cookie vestibule-session",
      "cookie vestibule-browser",
    ]);
    expect([...secrets].filter(([, secret]) => secret.length < 8)).to.be.empty;
    const lines = server.log().split("\n");
    expect(lines.filter((line) => line.includes('"request"'))).to.have.length.above(100);
    for (const code of ["42P01", "a request failed"]) {
      expect(server.log(), "an exception was forced").to.contain(code);
    }
  });

  it("T108 leaves no secret in the log, at its most talkative and with a broken database", () => {
    expectNoSecretIn(server.log());
  });

  it("T108 leaves no secret in the audit log or the outbox", async () => {
    const rows = await asOwner<{ row: string }>(
      vestibule.database,
      "select e::text as row from audit_events e union all select m::text from outbox_messages m",
    );
    expect(rows).to.have.length.above(5);
    expectNoSecretIn(rows.map(({ row }) => row).join("\n"));
  });

  it("T108 shows no secret in an error page", () => {
    const errors = pages.filter(({ status }) => status >= 400);
    expect(errors).to.have.length.above(20);
    const shown = errors
      // What a user typed as a name comes back into its field; the language links repeat the page's own address.
      .map(({ body }) => body.replaceAll(/value="[^"]*"|(?:href|action)="[^"]*"/g, ""))
      .join("\n");
    expectNoSecretIn(shown);
  });

  it("T102 writes each event as one line of JSON, whatever was sent", () => {
    const all = server.log().trimEnd().split("\n");
    const lines = all.filter((line) => !line.startsWith("listening on "));
    expect(lines).to.have.length(all.length - 1);
    for (const line of lines) {
      expect(() => JSON.parse(line) as unknown, line).to.not.throw();
      expect(line).to.not.match(/[\u0000-\u001f\u007f]/);
    }
  });
});
