import { expect } from "chai";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { smsProviders } from "../../../src/server/settings/message-gateways.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";
import { settingsTable } from "../../../src/server/settings/settings-table.ts";
import { faultsOf } from "../../support/settings-faults.ts";

/** Everything that production asks for. */
const SAFE = {
  NODE_ENV: "production",
  VESTIBULE_ISSUER: "https://id.example.com",
  VESTIBULE_SECRETS_FILE: "/etc/vestibule/secrets.json",
  DATABASE_URL: "postgres://vestibule:secret-of-the-server@db.example.com/vestibule?sslmode=require",
};

const namesOf = (faults: readonly string[]) => faults.map((fault) => fault.slice(0, fault.indexOf(":")));

describe("T120 production", () => {
  it("T120 starts with an https issuer, a secrets file and a database", () => {
    expect(faultsOf(SAFE)).to.deep.equal([]);
  });

  const refusals: [string, Record<string, string>, string][] = [
    ["an issuer without TLS", { VESTIBULE_ISSUER: "http://id.example.com" }, "VESTIBULE_ISSUER"],
    ["an issuer that nobody chose", { VESTIBULE_ISSUER: "" }, "VESTIBULE_ISSUER"],
    ["an issuer below a path", { VESTIBULE_ISSUER: "https://example.com/id" }, "VESTIBULE_ISSUER"],
    ["secrets that nobody keeps", { VESTIBULE_SECRETS_FILE: "" }, "VESTIBULE_SECRETS_FILE"],
    ["the demo, whose passwords are public", { VESTIBULE_DEMO: "yes" }, "VESTIBULE_DEMO"],
    ["mail that lands on a page", { VESTIBULE_MAIL_GATEWAY: "outbox" }, "VESTIBULE_MAIL_GATEWAY"],
    ["text messages that land on a page", { VESTIBULE_SMS_GATEWAY: "outbox" }, "VESTIBULE_SMS_GATEWAY"],
    ["the embedded database without an explicit yes", { DATABASE_URL: "" }, "DATABASE_URL"],
    ["a setting that it does not know", { VESTIBULE_ISUER: "https://id.example.com" }, "VESTIBULE_ISUER"],
    ["a hook for tests", { VESTIBULE_TEST_CLOCK: "2030-01-01" }, "VESTIBULE_TEST_CLOCK"],
  ];
  for (const [what, changes, name] of refusals) {
    it(`T120 refuses ${what}`, () => {
      expect(new Set(namesOf(faultsOf({ ...SAFE, ...changes })))).to.deep.equal(new Set([name]));
    });
  }

  it("T120 reports all faults at once", () => {
    const faults = faultsOf({
      NODE_ENV: "production",
      PORT: "no port",
      VESTIBULE_DEMO: "yes",
      VESTIBULE_MAIL_GATEWAY: "outbox",
      VESTIBULE_SMS_GATEWAY: "outbox",
      VESTIBULE_TYPO: "1",
    });
    expect(new Set(namesOf(faults))).to.deep.equal(
      new Set([
        "PORT",
        "DATABASE_URL",
        "VESTIBULE_ISSUER",
        "VESTIBULE_SECRETS_FILE",
        "VESTIBULE_DEMO",
        "VESTIBULE_MAIL_GATEWAY",
        "VESTIBULE_SMS_GATEWAY",
        "VESTIBULE_TYPO",
      ]),
    );
  });

  it("T120 allows the embedded database when the operator says yes to it", () => {
    expect(faultsOf({ ...SAFE, DATABASE_URL: "", VESTIBULE_ALLOW_EMBEDDED_DATABASE: "yes" })).to.deep.equal(
      [],
    );
  });

  it("T120 has neither demo nor outbox unless they are switched on, and then refuses", () => {
    const { demo, gateways } = readSettings(SAFE);
    expect(demo.enabled).to.equal(false);
    expect(gateways).to.deep.equal({ mail: "none", sms: "none" });
  });
});

describe("settings", () => {
  it("T2 hash passwords with 19 MiB and two passes in every environment, whatever is set", () => {
    for (const environment of [
      {},
      SAFE,
      { NODE_ENV: "test" },
      { NODE_ENV: "test", TEST_PASSWORD_COST: "least" },
    ]) {
      expect(readSettings(environment).passwordHashing.cost).to.deep.equal({
        memoryCost: 19_456,
        timeCost: 2,
      });
    }
  });

  it("need nothing on a developer's machine", () => {
    expect(readSettings({})).to.deep.include({
      production: false,
      port: 3000,
      issuer: "http://localhost:3000",
    });
  });

  it("with an unknown name are refused in development too", () => {
    expect(namesOf(faultsOf({ VESTIBULE_ISUER: "x" }))).to.deep.equal(["VESTIBULE_ISUER"]);
  });

  it("report a value that cannot be read once, whatever else would follow from it", () => {
    expect(namesOf(faultsOf({ ...SAFE, VESTIBULE_ISSUER: "id.example.com" }))).to.deep.equal([
      "VESTIBULE_ISSUER",
    ]);
  });

  it("count an empty value as not set", () => {
    expect(readSettings({ PORT: "", VESTIBULE_ISSUER: "" }).port).to.equal(3000);
  });

  it("keep the passwords of the database to themselves", () => {
    const settings = readSettings(SAFE);
    expect(inspect(settings, { depth: 9 })).to.not.contain("secret-of-the-server");
    expect(JSON.stringify(settings)).to.not.contain("secret-of-the-server");
  });

  it("cannot be changed once they are read", () => {
    const settings = readSettings({});
    expect(settings).to.be.frozen;
    expect(settings.database).to.be.frozen;
    expect(settings.demo).to.be.frozen;
  });

  it("all stand in docs/settings.md", () => {
    const document = readFileSync(new URL("../../../docs/settings.md", import.meta.url), "utf8");
    for (const { name } of settingsTable) {
      expect(document).to.contain(`| \`${name}\` |`);
    }
  });
});

describe("the settings of messages", () => {
  const VONAGE = {
    VESTIBULE_SMS_GATEWAY: "vonage",
    VESTIBULE_VONAGE_API_KEY: "a1b2c3d4",
    VESTIBULE_VONAGE_API_SECRET: "marker-of-the-secret",
    VESTIBULE_VONAGE_SENDER: "Vestibule",
    VESTIBULE_VONAGE_SIGNATURE_SECRET: "marker-of-the-signature",
  };
  const SMTP = {
    VESTIBULE_MAIL_GATEWAY: "smtp",
    VESTIBULE_MAIL_FROM: "Vestibule <no-reply@id.example.com>",
    VESTIBULE_SMTP_URL: "smtps://user:marker-of-the-password@mail.example.com",
  };

  it("T120 are accepted in production when they are whole", () => {
    expect(faultsOf({ ...SAFE, ...VONAGE, ...SMTP })).to.deep.equal([]);
  });

  it("T184 take a gateway over HTTP alone, or before or after Vonage", () => {
    const http = {
      VESTIBULE_SMS_HTTP_URL: "https://sms.example/messages",
      VESTIBULE_SMS_HTTP_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    };
    for (const [order, providers] of [
      ["http", ["http"]],
      ["vonage,http", ["vonage", "http"]],
      ["http,vonage", ["http", "vonage"]],
    ] as const) {
      const given = { ...VONAGE, ...http, VESTIBULE_SMS_GATEWAY: order };
      expect(faultsOf({ ...SAFE, ...given }), order).to.deep.equal([]);
      expect(smsProviders(readSettings(given).gateways.sms)).to.deep.equal(providers);
    }
    const own = { ...SAFE, VESTIBULE_SMS_GATEWAY: "http", ...http };
    const here = { ...own, VESTIBULE_SMS_HTTP_URL: "http://127.0.0.1:8080/" };
    expect(faultsOf(here), "a gateway on this machine").to.deep.equal([]);
    const wrong: readonly [Record<string, string>, string][] = [
      [{ VESTIBULE_SMS_GATEWAY: "vonage,vonage" }, "VESTIBULE_SMS_GATEWAY"],
      [{ VESTIBULE_SMS_HTTP_URL: "" }, "VESTIBULE_SMS_HTTP_URL"],
      [{ VESTIBULE_SMS_HTTP_URL: "http://sms.example/" }, "VESTIBULE_SMS_HTTP_URL"],
      [{ VESTIBULE_SMS_HTTP_SECRET: "" }, "VESTIBULE_SMS_HTTP_SECRET"],
      [{ VESTIBULE_SMS_HTTP_SECRET: "whsec_c2hvcnQ=" }, "VESTIBULE_SMS_HTTP_SECRET"],
      [{ VESTIBULE_SMS_HTTP_SECRET: "no-prefix-and-not-base64" }, "VESTIBULE_SMS_HTTP_SECRET"],
      [{ VESTIBULE_SMS_HTTP_AUTHORIZATION: "a\nb" }, "VESTIBULE_SMS_HTTP_AUTHORIZATION"],
      [{ VESTIBULE_SMS_HTTP_BODY: "to={to}&text={text}" }, "VESTIBULE_SMS_HTTP_BODY"],
      [{ VESTIBULE_SMS_HTTP_BODY: '["{to}","{text}"]' }, "VESTIBULE_SMS_HTTP_BODY"],
      [{ VESTIBULE_SMS_HTTP_BODY: '{"to":"{to}"}' }, "VESTIBULE_SMS_HTTP_BODY"],
      [{ VESTIBULE_SMS_HTTP_TIMEOUT: "0" }, "VESTIBULE_SMS_HTTP_TIMEOUT"],
      [{ VESTIBULE_SMS_HTTP_DAILY: "0" }, "VESTIBULE_SMS_HTTP_DAILY"],
      [{ VESTIBULE_VONAGE_DAILY: "many" }, "VESTIBULE_VONAGE_DAILY"],
    ];
    for (const [changes, name] of wrong) {
      expect(namesOf(faultsOf({ ...own, ...changes })), JSON.stringify(changes)).to.deep.equal([name]);
    }
  });

  it("T108 print no credential", () => {
    const settings = readSettings({ ...VONAGE, ...SMTP });
    expect(inspect(settings, { depth: 10 }) + JSON.stringify(settings)).to.not.contain("marker-of");
    expect(settings.messages.smtp).to.include({
      host: "mail.example.com",
      port: 465,
      tls: "implicit",
      user: "user",
    });
  });

  it("report all that is missing at once", () => {
    const faults = faultsOf({ VESTIBULE_SMS_GATEWAY: "vonage", VESTIBULE_MAIL_GATEWAY: "smtp" });
    expect(namesOf(faults)).to.have.members([
      "VESTIBULE_VONAGE_SENDER",
      "VESTIBULE_VONAGE_API_KEY",
      "VESTIBULE_MAIL_FROM",
      "VESTIBULE_SMTP_HOST",
    ]);
  });

  const refusals: [string, Record<string, string>, string][] = [
    [
      "an application without its key",
      { VESTIBULE_VONAGE_APPLICATION_ID: "6d1f5c52-0a9b-4e0e-8a3c-0f2b6f1c2d3e" },
      "VESTIBULE_VONAGE_APPLICATION_ID",
    ],
    ["a sender of two lines", { VESTIBULE_VONAGE_SENDER: "Vesti\nbule" }, "VESTIBULE_VONAGE_SENDER"],
    [
      "a mail server elsewhere without TLS",
      { VESTIBULE_SMTP_URL: "smtp://mail.example.com", VESTIBULE_SMTP_TLS: "none" },
      "VESTIBULE_SMTP_TLS",
    ],
    ["a mail server given twice", { VESTIBULE_SMTP_HOST: "mail.example.com" }, "VESTIBULE_SMTP_URL"],
    [
      "a sender that brings a header",
      { VESTIBULE_MAIL_FROM: "a@b.example\r\nBcc: c@d.example" },
      "VESTIBULE_MAIL_FROM",
    ],
    ["two senders", { VESTIBULE_MAIL_FROM: "a@b.example, c@d.example" }, "VESTIBULE_MAIL_FROM"],
    [
      "a provider without TLS in production",
      { ...SAFE, VESTIBULE_VONAGE_SMS_URL: "http://rest.example.com" },
      "VESTIBULE_VONAGE_API_URL",
    ],
  ];
  for (const [what, changes, name] of refusals) {
    it(`T102 refuse ${what}`, () => {
      expect(new Set(namesOf(faultsOf({ ...VONAGE, ...SMTP, ...changes })))).to.deep.equal(new Set([name]));
    });
  }
});
