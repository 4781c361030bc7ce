import { expect } from "chai";
import { App, prove, send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const LEDGER = {
  ...{ type: "web", name: "Ledger", redirectUris: "https://ledger.test/callback", consent: "never" },
  idTokenAlgorithm: "RS256",
};

describe("the applications of an office", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  let list: string;
  const office = useFresh(() => makeOffice(vestibule.services));
  const staff = useFresh(() => makeStaff(vestibule.services, office, { role: "superuser" }));
  beforeEach(() => {
    list = `/console/o/${office.code}/applications`;
  });

  it("T93 show a new secret once; afterwards the page has a mask, and saving it unchanged changes nothing", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`${list}/add`);
    const added = await send(browser, form, { ...LEDGER, attempt: hiddenField(form, "attempt") });
    const application = await only();
    const secret = /data-copy="([\w-]{43})"/.exec(added.body)?.[1] ?? "";
    expect(vestibule.services.applicationService.isSecret(application, secret)).to.equal(true);
    const page = await browser.get(`${list}/${application.id}`);
    expect(page.body).to.contain("••••").and.not.contain(secret);
    const hash = application.secretHash?.toString("base64url") ?? "";
    for (const path of ["", "/edit", "/secret"]) {
      expect((await browser.get(`${list}/${application.id}${path}`)).body).to.not.contain(hash);
    }
    const edit = await browser.get(`${list}/${application.id}/edit`);
    const fields = { ...LEDGER, secret: "••••••••••••", secretHash: "x", seen: hiddenField(edit, "seen") };
    expect((await send(browser, edit, fields)).status).to.equal(303);
    expect(await only()).to.deep.equal(application);
  });

  it("keep the navigation of the console on the page of each", async () => {
    const application = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(`${list}/${application.id}`);
    expect(page.status).to.equal(200);
    expect(page.body).to.match(/<nav class="app-nav"[\s\S]*?aria-current="true"/);
  });

  it("say what a machine may do at the management API", async () => {
    const machine = { type: "machine", redirectUris: [], firstParty: false } as const;
    const plain = await makeApplication(vestibule.services, machine, office.id);
    const caller = await makeApplication(
      vestibule.services,
      { ...machine, apiScopes: ["users:read", "users:write"] },
      office.id,
    );
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(`${list}/${caller.id}`);
    expect(page.body).to.contain("<dd>users:read</dd><dd>users:write</dd>");
    expect((await browser.get(`${list}/${plain.id}`)).body).to.contain("None. The operator gives them");
  });

  it("are added once, however often the button is pressed", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`${list}/add`);
    const fields = { ...LEDGER, attempt: hiddenField(form, "attempt") };
    const answers = await Promise.all([1, 2, 3].map(() => send(browser, form, fields)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 303, 303]);
    await only();
  });

  it("T78 have no redirect address that could lead a code elsewhere", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`${list}/add`);
    const attempt = hiddenField(form, "attempt");
    const wrong = [
      "",
      "http://ledger.test/cb",
      "https://*.ledger.test/cb",
      "https://ledger.test/cb#here",
      "https://me@ledger.test/cb",
      "https://ledger.test/a/../cb",
      "javascript:alert(1)",
      "com.example.ledger:/cb",
    ];
    for (const redirectUris of wrong) {
      const page = await send(browser, form, { ...LEDGER, redirectUris, attempt });
      expect([page.status, page.body.includes('id="redirectUris-error"')], redirectUris).to.deep.equal([
        400,
        true,
      ]);
    }
    expect(await ofOffice()).to.deep.equal([]);
  });

  it("come with snippets that hold their own values and no secret", async () => {
    const { id, secret } = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const { body } = await browser.get(`${list}/${id}`);
    for (const title of [
      "openid-client",
      "Auth.js",
      "Spring Security",
      "mozilla-django-oidc",
      "oauth2-proxy",
    ]) {
      expect(body).to.contain(title);
    }
    expect(body).to.contain(`client_id = &quot;${id}&quot;`).and.contain(vestibule.issuer);
    expect(body).to.not.contain(secret);
  });

  it("keep the secret in use beside the new one, also when the button is pressed twice", async () => {
    const { id, secret } = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`${list}/${id}/secret`);
    const fields = { hours: "24", seen: hiddenField(form, "seen") };
    const answers = [await send(browser, form, fields), await send(browser, form, fields)];
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 400]);
    const { applicationService } = vestibule.services;
    expect(applicationService.isSecret(await only(), secret ?? "")).to.equal(true);
  });

  it("T109 leave in the audit log what was changed, before and after", async () => {
    const { id } = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const edit = await browser.get(`${list}/${id}/edit`);
    const fields = { ...LEDGER, consent: "asked", seen: hiddenField(edit, "seen") };
    expect((await send(browser, edit, fields)).status).to.equal(303);
    const [event] = await asOwner<{ actor: string; details: Record<string, unknown> }>(
      vestibule.database,
      "select actor, details from audit_events where subject = $1 and type = 'application.changed'",
      [id],
    );
    expect(event?.actor).to.equal(staff.user.id);
    expect(event?.details).to.include({
      firstParty: "true → false",
      redirectUris: "https://app.test/cb → https://ledger.test/callback",
    });
    expect(event?.details).to.not.have.any.keys("corsOrigins", "idTokenAlgorithm");
  });

  it("T90 have no new secret and no other address without a fresh proof", async () => {
    const { id, application } = await makeApplication(vestibule.services, {}, office.id);
    const { browser, app } = await atConsole(vestibule, staff);
    const [secret, edit] = [
      await browser.get(`${list}/${id}/secret`),
      await browser.get(`${list}/${id}/edit`),
    ];
    travel(5 * MINUTE);
    const rotated = await send(browser, secret, { hours: "0", seen: hiddenField(secret, "seen") });
    const redirectUris = "https://elsewhere.test/cb";
    const fields = { ...LEDGER, redirectUris, seen: hiddenField(edit, "seen") };
    const asked = await follow(browser, await send(browser, edit, fields));
    expect([rotated.status, rotated.location.includes("/authorize?")]).to.deep.equal([303, true]);
    expect(await only()).to.deep.equal(application);
    const page = await prove(browser, asked, { user: staff.user, app: new App(app.secret) });
    expect(page.body, "what was typed is still there").to.contain(redirectUris);
  });

  it("T83 of another office, of every office and of nobody are the same: not there", async () => {
    const other = await makeOffice(vestibule.services);
    const foreign = await makeApplication(vestibule.services, {}, other.id);
    const shared = await makeApplication(vestibule.services);
    const { browser } = await atConsole(vestibule, staff);
    for (const id of [foreign.id, shared.id, "app_vestibule-console", "app_unknown-unknown-unknown", "x"]) {
      for (const path of ["", "/edit", "/secret"]) {
        expect((await browser.get(`${list}/${id}${path}`)).status, id + path).to.equal(404);
      }
    }
  });

  it("T89 take the fields of their form alone", async () => {
    const { id } = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const before = await rowOf(id);
    const edit = await browser.get(`${list}/${id}/edit`);
    const extra = {
      id: "app_stolen",
      type: "machine",
      office_id: "",
      officeId: "",
      scopes: "openid",
      withoutPkce: "true",
    };
    const fields = { ...LEDGER, ...extra, name: "Renamed", seen: hiddenField(edit, "seen") };
    expect((await send(browser, edit, fields)).status).to.equal(303);
    const now = await rowOf(id);
    const changed = Object.keys(now).filter(
      (key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]),
    );
    expect(changed.sort()).to.deep.equal(["changed_at", "name", "search_words", "settings"]);
    const [application] = await ofOffice();
    expect([application?.withoutPkce, application?.type, application?.scopes.length]).to.deep.equal([
      false,
      "web",
      7,
    ]);
  });

  const ofOffice = () => vestibule.services.applications.ofOffice(office.id, { after: ["", ""], limit: 9 });
  async function only() {
    const found = await ofOffice();
    const [application] = found;
    if (application === undefined || found.length !== 1) {
      throw new Error(`There are ${String(found.length)} applications.`);
    }
    return application;
  }
  async function rowOf(id: string) {
    const [row] = await asOwner<Record<string, unknown>>(
      vestibule.database,
      "select * from applications where id = $1",
      [id],
    );
    return row ?? {};
  }
});
