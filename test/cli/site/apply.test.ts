import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { useInstallation } from "../installation.ts";
import { changed, Operator } from "./site.ts";

const SECRET = "q7Zk3Vt9Lw2Xr5Nb8Mc1Hd6Jf4Gs0Py-";

const NOORD = {
  code: "NOORD",
  name: "Noord & Zonen",
  language: "nl",
  timeZone: "Europe/Amsterdam",
  accent: "#0b6e4f",
  welcome: { nl: "Welkom bij Noord" },
  privacyUrl: "https://noord.example/privacy",
  sessionMinutes: 240,
  secondFactor: { demand: "required", from: "2027-01-31", methods: ["passkey", "totp"] },
  phishingResistance: { of: "none", from: null },
  country: "NL",
  countries: ["BE", "NL"],
  smsDailyBudget: 500,
  trustedBrowserDays: 14,
  isPasswordless: true,
  passkeyModels: ["fa2b99dc-9e39-4257-8f92-4a30d23c4118"],
  supportMail: "help@noord.example",
  applications: [
    {
      name: "Ledger",
      type: "web",
      redirectUris: ["https://ledger.example.com/callback"],
      secret: "env:LEDGER_SECRET",
    },
    { name: "Telephone", type: "native", redirectUris: ["com.example.noord:/callback"] },
  ],
  users: [
    {
      username: "sanne",
      name: "Sanne Bakker",
      mail: "sanne@noord.example",
      mailProved: true,
      role: "superuser",
    },
    { username: "anna", name: "Anna Vos", password: "file:anna.txt", mobile: "06 12345678" },
  ],
};
const SITE = {
  offices: [NOORD],
  applications: [{ name: "Portal", type: "web", redirectUris: ["https://portal.example.com/callback"] }],
};
const VARIABLES = { LEDGER_SECRET: SECRET };

describe("vestibule apply", function () {
  this.timeout(60_000);
  const here = useInstallation();
  let operator: Operator;

  before(async () => {
    operator = new Operator(here);
    operator.write("vier losse woorden bij elkaar\n", "anna.txt");
    const planned = await operator.type(SITE, ["--plan"], VARIABLES);
    expect(planned.code, planned.error).to.equal(2);
    expect(await here.ask(["office", "list"])).to.deep.equal([]);
    const applied = await operator.apply(SITE, [], VARIABLES);
    expect(applied.made.map(({ name, secret }) => [name, secret === null])).to.deep.equal([
      ["Ledger", true],
      ["Telephone", true],
      ["Portal", false],
    ]);
  });

  it("sets a fresh installation up as the file says", async () => {
    const office = await here.ask(["office", "show", "NOORD"]);
    expect(office).to.deep.include({
      ...{ name: "Noord & Zonen", language: "nl", timeZone: "Europe/Amsterdam", sessionMinutes: 240 },
      ...{
        country: "NL",
        countries: ["BE", "NL"],
        smsDailyBudget: 500,
        trustedBrowserDays: 14,
        isPasswordless: true,
        passkeyModels: ["fa2b99dc-9e39-4257-8f92-4a30d23c4118"],
      },
    });
    expect(office["branding"]).to.deep.include({
      ...{ accent: "#0b6e4f", welcome: { nl: "Welkom bij Noord" } },
      legal: { privacy: "https://noord.example/privacy" },
    });
    const users = (await here.ask(["user", "list", "--office", "NOORD"])) as unknown as Record<
      string,
      unknown
    >[];
    expect(users.map(({ username, role, isMailProved }) => [username, role, isMailProved])).to.deep.equal([
      ["anna", "user", false],
      ["sanne", "superuser", true],
    ]);
    const anna = await here.ask(["user", "show", "anna", "--office", "NOORD"]);
    expect(JSON.stringify(anna["mobileNumber"])).to.contain("unconfirmed");
  });

  it("changes nothing when it is applied again, and a plan says so with exit code 0", async () => {
    expect((await operator.apply(SITE, [], VARIABLES)).groups).to.deep.equal([]);
    const { code, out } = await operator.type(SITE, ["--plan"], VARIABLES);
    expect({ code, out }).to.deep.equal({
      code: 0,
      out: "Nothing to change: everything is as the file says.\n",
    });
  });

  it("needs the password of a new user once, and lets the user's own alone", async () => {
    operator.write("een heel ander wachtwoord erbij\n", "anna.txt");
    const [before, after] = [await hashes(), (await operator.apply(SITE, [], VARIABLES), await hashes())];
    expect(after).to.deep.equal(before);
    const without = structuredClone(SITE.offices[0]?.users[1]);
    const site = { offices: [{ code: "NOORD", users: [{ ...without, password: "env:NOT_SET_ANY_MORE" }] }] };
    expect((await operator.apply(site)).groups).to.deep.equal([]);
  });

  const hashes = () => asOwner(here.database, "select id, password_hash from users order by id");

  it("is the work of the command line in the audit log", async () => {
    const rows = await asOwner<{ type: string }>(
      here.database,
      "select distinct type from audit_events where actor = 'command line' order by type",
    );
    expect(rows.map(({ type }) => type)).to.include.members([
      "application.added",
      "office.added",
      "user.added",
    ]);
  });

  for (const [field, value] of Object.entries({
    name: "Noord",
    language: "en",
    timeZone: "Europe/Brussels",
    accent: null,
    welcome: {},
    privacyUrl: null,
    termsUrl: "https://noord.example/terms",
    imprintUrl: "https://noord.example/imprint",
    sessionMinutes: null,
    secondFactor: { demand: "off", from: null, methods: ["totp"] },
    country: "BE",
    countries: ["BE", "DE", "NL"],
    smsDailyBudget: 0,
    trustedBrowserDays: null,
    isPasswordless: false,
    phishingResistance: { of: "accountants", from: "2099-01-31" },
    passkeyModels: null,
    supportMail: null,
    supportPhone: "+31 20 123 45 67",
    supportUrl: "https://noord.example/help",
    supportHours: "Mon-Fri 9:00-17:00",
    status: "closed",
  })) {
    it(`changes the ${field} of an office alone, and takes it back`, async () => {
      const before = await here.ask(["export", "--office", "NOORD"]);
      const office = { code: "NOORD", [field]: value };
      expect(changed(await operator.apply({ offices: [office] }))).to.deep.equal([
        ["change office NOORD", field],
      ]);
      expect((await operator.apply({ offices: [office] })).groups).to.deep.equal([]);
      expect(changed(await operator.apply(before))).to.deep.equal([["change office NOORD", field]]);
    });
  }

  for (const [field, value] of Object.entries({
    redirectUris: ["https://ledger.example.com/callback", "https://ledger.example.com/other"],
    homeUrl: "https://ledger.example.com/",
    scopes: ["openid"],
    firstParty: true,
    dpop: true,
    claims: ["name"],
    refreshGraceSeconds: 0,
    withoutPkce: true,
    isDisabled: true,
    idTokenAlgorithm: "ES256",
  })) {
    it(`changes the ${field} of an application alone`, async () => {
      const asked = (change: object) => ({
        offices: [{ code: "NOORD", applications: [{ name: "Ledger", ...change }] }],
      });
      const was = { redirectUris: NOORD.applications[0]?.redirectUris, homeUrl: null, claims: null };
      const back = {
        ...was,
        scopes: ["openid", "profile", "email", "phone", "office", "groups", "offline_access"],
      };
      const usual = { ...back, firstParty: false, dpop: false, refreshGraceSeconds: 10, withoutPkce: false };
      const done = await operator.apply(asked({ [field]: value }));
      expect(changed(done)).to.deep.equal([["change application Ledger", field]]);
      await operator.apply(asked({ ...usual, isDisabled: false, idTokenAlgorithm: "RS256" }));
      expect((await operator.apply(SITE, [], VARIABLES)).groups).to.deep.equal([]);
    });
  }

  it("replaces a secret that the file refers to, and prints it nowhere", async () => {
    const other = { LEDGER_SECRET: SECRET.split("").reverse().join("") };
    const { code, out } = await operator.type(SITE, ["--json"], other);
    expect(code).to.equal(0);
    expect(out).to.contain('"secret"').and.not.contain(other.LEDGER_SECRET);
    expect((await operator.apply(SITE, [], other)).groups).to.deep.equal([]);
    await operator.apply(SITE, [], VARIABLES);
  });

  for (const [field, value] of Object.entries({
    name: "Anna de Vos",
    mail: "anna@noord.example",
    language: "de",
    role: "accountant",
    status: "disabled",
  })) {
    it(`changes the ${field} of a user alone, and takes it back`, async () => {
      const before = await here.ask(["export", "--office", "NOORD", "--users"]);
      const site = { offices: [{ code: "NOORD", users: [{ username: "anna", [field]: value }] }] };
      expect(changed(await operator.apply(site))).to.deep.equal([["change user anna", field]]);
      expect((await operator.apply(site)).groups).to.deep.equal([]);
      expect(changed(await operator.apply(before))).to.deep.equal([["change user anna", field]]);
    });
  }
});
