import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { openGuesser, verdictOf } from "../../support/guesser.ts";
import { type Page } from "../../support/http-browser.ts";
import { postAs } from "../../support/program.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { expectNoDetail } from "../../support/secured.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SQL = [
  "'",
  "''",
  '"',
  "\\",
  "' or '1'='1",
  "'; drop table users; --",
  "'||(select pg_sleep(9))||'",
  "$1",
  "name; drop",
  "%".repeat(3_000),
  "_%".repeat(1_500),
  "\u0000",
  "a\u0000b",
  "\ufffd\ud800",
  "1e9",
  "-1",
  "{}",
  "٪",
];

const POLLUTION = [
  "__proto__",
  "__proto__[polluted]",
  "__proto__.polluted",
  "constructor",
  "constructor[prototype][polluted]",
  "constructor.prototype.polluted",
  "prototype",
  "toString",
  "hasOwnProperty",
];

describe("input that no page of ours would send", () => {
  const vestibule = useVestibule({
    settings: {
      VESTIBULE_GUARD_ADDRESS_TRIES: "10000",
      VESTIBULE_GUARD_OFFICE_TRIES: "10000",
    },
    office: { code: "NOORD" },
    user: {},
    application: {},
  });

  const typed = () => ({
    officeCode: "noord",
    username: vestibule.user.username,
    password: vestibule.user.password,
  });

  /** Sends a form body as it stands to an open password page. */
  async function sendBody(body: (csrf: string) => string): Promise<Page> {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    return browser.post(formAction(page), {}, { body: body(hiddenField(page, "_csrf")) });
  }

  /** Calls an endpoint for programs as the application, or with other credentials. */
  const call = (
    url: string,
    fields: Record<string, string>,
    as: { id: string; secret: string | null } = vestibule.application,
  ) => postAs(vestibule.browser(), as, { url, fields });

  async function countOf(table: string): Promise<number> {
    const text = `select count(*)::integer as count from ${table}`;
    const [row] = await asOwner<{ count: number }>(vestibule.database, text);
    return row?.count ?? -1;
  }

  function expectUnpolluted(): void {
    expect({}).to.not.have.property("polluted");
    expect(Object.keys(Object.prototype)).to.be.empty;
    expect(Object.getPrototypeOf({})).to.equal(Object.prototype);
  }

  it("T98 refuses a form in which a field comes twice", async () => {
    const before = await countOf("sign_ins");
    for (const twice of ["officeCode", "username", "password", "_csrf", "unknown"]) {
      const answer = await sendBody((csrf) => {
        const fields = new URLSearchParams({ _csrf: csrf, ...typed(), unknown: "x" });
        fields.append(twice, fields.get(twice) ?? "");
        return fields.toString();
      });
      expect(answer.status, twice).to.equal(400);
      expect(answer.body, twice).to.contain("Invalid request");
    }
    expect(await countOf("sign_ins")).to.equal(before);
  });

  it("T98 refuses an authorization request in which a parameter comes twice", async () => {
    for (const twice of ["client_id", "redirect_uri", "state", "scope", "office", "login_hint", "prompt"]) {
      const answer = await vestibule
        .browser()
        .get(`${vestibule.request({ prompt: "none", office: "noord", login_hint: "x" }).url}&${twice}=y`);
      const error = answer.status === 400 ? answer.body : answer.location;
      expect(error, twice).to.contain("invalid_request");
    }
    const body = "grant_type=refresh_token&refresh_token=a&refresh_token=b";
    const answer = await postAs(vestibule.browser(), vestibule.application, { url: "/token", body });
    expect(answer.status).to.equal(400);
    expect(JSON.parse(answer.body)).to.include({ error: "invalid_request" });
    expect(answer.body).to.contain("refresh_token");
  });

  it("T98 lets no name of a field mean more than its name", async () => {
    for (const name of POLLUTION) {
      const form = await sendBody((csrf) =>
        new URLSearchParams({ _csrf: csrf, ...typed(), password: "wrong", [name]: "polluted" }).toString(),
      );
      expect(verdictOf(form), name).to.equal("wrong");
      const query = new URLSearchParams({ [name]: "polluted" }).toString();
      expect((await vestibule.browser().get(`/?${query}`)).status, name).to.equal(200);
      expect((await vestibule.browser().get(`${vestibule.request().url}&${query}`)).status, name).to.equal(
        303,
      );
      expect(
        (await call("/token", { grant_type: "refresh_token", [name]: "polluted" })).status,
        name,
      ).to.equal(400);
      expect(
        (await vestibule.browser().get("/", { headers: { cookie: `${name}=polluted` } })).status,
        name,
      ).to.equal(200);
      expectUnpolluted();
    }
    const right = await sendBody((csrf) =>
      new URLSearchParams({ _csrf: csrf, ...typed(), __proto__: "x", constructor: "x" }).toString(),
    );
    expect(verdictOf(right)).to.equal("right");
  });

  it("T98 takes nothing from JSON that names a prototype", async () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    for (const claims of [
      evil,
      `{"id_token":${evil},"userinfo":${evil}}`,
      `{"id_token":{"__proto__":null}}`,
    ]) {
      const answer = await vestibule.browser().get(vestibule.request({ claims }).url);
      expect(answer.status, claims).to.be.oneOf([303, 400]);
      expectUnpolluted();
    }
    for (const url of ["/token", "/introspect", "/revoke", "/par", "/userinfo", "/sign-out/confirm"]) {
      const answer = await postAs(vestibule.browser(), vestibule.application, {
        url,
        body: evil,
        type: "application/json",
      });
      expect(answer.status, url).to.be.oneOf([400, 401]);
      expectUnpolluted();
    }
  });

  it("T99 takes what is typed as a name and never as a query", async () => {
    const users = await countOf("users");
    const guesser = await openGuesser(vestibule.browser(), vestibule.application);
    for (const text of SQL) {
      for (const field of ["officeCode", "username"]) {
        const answer = await guesser.send({ ...typed(), password: "wrong", [field]: text });
        expect(answer.status, `${field}: ${text}`).to.equal(400);
        expectNoDetail(withoutEchoes(answer), `${field}: ${text}`);
      }
      const quoted = { ...typed(), username: `${vestibule.user.username}${text}` };
      expect((await guesser.send(quoted)).status, `right name with ${text}`).to.equal(400);
    }
    expect(await countOf("users")).to.equal(users);
  });

  it("T99 finds nothing at an address that is a query", async () => {
    const { url } = await openSignIn(vestibule.browser(), vestibule.request());
    for (const text of SQL.map((part) => encodeURIComponent(part.toWellFormed()))) {
      for (const address of [
        `/o/${text}`,
        `/interaction/${text}`,
        `/authorize/${text}`,
        `${url}/${text}`,
        `/${text}`,
      ]) {
        const answer = await vestibule.browser().get(address);
        expect(answer.status, address).to.be.oneOf([400, 404]);
        expectNoDetail(withoutEchoes(answer), address);
      }
    }
  });

  it("T99 answers requests of applications with an OAuth error or a sign-in, whatever is in them", async () => {
    const parameters = [
      "client_id",
      "redirect_uri",
      "scope",
      "state",
      "nonce",
      "office",
      "login_hint",
      "ui_locales",
      "acr_values",
      "prompt",
      "max_age",
      "claims",
      "id_token_hint",
      "code_challenge",
      "response_mode",
      "display",
    ];
    for (const text of SQL.filter((part) => part.length < 100)) {
      for (const parameter of parameters) {
        const browser = vestibule.browser();
        const answer = await browser.get(vestibule.request({ [parameter]: text }).url);
        expect(answer.status, `${parameter}: ${text}`).to.be.oneOf([303, 400]);
        expect(answer.location, `${parameter}: ${text}`).to.not.contain("server_error");
        const isSignIn = answer.location.startsWith(`${vestibule.issuer}/interaction/`);
        const page = isSignIn ? await browser.get(answer.location) : answer;
        expect(page.status, `${parameter}: ${text}`).to.equal(isSignIn ? 200 : answer.status);
      }
    }
  });

  it("T99 answers programs with an OAuth error, whatever they send", async () => {
    const fields = {
      token: "x",
      code: "x",
      refresh_token: "x",
      redirect_uri: "x",
      code_verifier: "x",
      scope: "x",
    };
    const endpoints = ["/token", "/introspect", "/revoke", "/par", "/userinfo"];
    for (const text of SQL) {
      for (const url of endpoints) {
        const all = Object.fromEntries(Object.keys(fields).map((name) => [name, text]));
        const answer = await call(url, { grant_type: "authorization_code", ...all });
        expect(answer.status, `${url}: ${text}`).to.be.oneOf([200, 400, 401]);
        expect(answer.body, `${url}: ${text}`).to.not.contain("server_error");
      }
      const grant = { grant_type: "refresh_token", refresh_token: "x" };
      const secret = text.toWellFormed();
      const others = [
        { id: secret, secret: "x" },
        { id: vestibule.application.id, secret },
        { id: secret, secret: null },
      ];
      for (const other of others) {
        const answer = await call(
          "/token",
          { ...grant, ...(other.secret === null ? { client_id: text } : {}) },
          other,
        );
        expect(answer.status, JSON.stringify(other)).to.be.oneOf([400, 401]);
        expect(answer.body, JSON.stringify(other)).to.match(/invalid_(client|request)/);
      }
    }
  });

  it("T99 keeps a pushed request with an impossible character from ever becoming a sign-in", async () => {
    const pushed = new URLSearchParams(new URL(vestibule.request({ state: "a\u0000b" }).url).search);
    const answer = await call("/par", Object.fromEntries(pushed));
    expect(answer.status).to.equal(400);
    expect(answer.body).to.contain("invalid_request");
  });

  it("T99 gives no cookie and no address for what it could not store", async () => {
    const before = await countOf("oidc_models");
    const answer = await vestibule.browser().get(vestibule.request({ nonce: "\u0000", state: "ok" }).url);
    expect(answer.location).to.not.contain("/interaction/");
    expect(answer.setCookies.filter((line) => /interaction|resume/.test(line))).to.be.empty;
    expect(await countOf("oidc_models")).to.equal(before);
  });
});

/** A page without what it only gives back: fields with what was typed, links to its own address. */
const withoutEchoes = (page: Page): Page => ({
  ...page,
  body: page.body.replaceAll(/\b(?:value|href)="[^"]*"/g, ""),
});
