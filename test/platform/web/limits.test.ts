import { expect } from "chai";
import { newApplicationSchema } from "../../../src/domain/applications/application.ts";
import { newOfficeSchema, officeCodeSchema } from "../../../src/domain/offices/office.ts";
import { foldUsername, usernameFault } from "../../../src/domain/users/username.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { PasswordRules } from "../../../src/domain/credentials/password-rules.ts";
import { StrengthThread } from "../../../src/domain/credentials/strength-thread.ts";
import { addressGroup, plainAddress } from "../../../src/platform/web/address.ts";
import { countArgon2 } from "../../support/argon2-jobs.ts";
import { rawStatus, sendRaw } from "../../support/raw-http.ts";
import { postAs } from "../../support/program.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Processor time is a tenth of this on a quiet machine; what attacks a regular expression takes minutes. */
const BOUND_MS = 1_500;

describe("input that is too much", () => {
  const vestibule = useVestibule({ application: {} });

  async function openForm() {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    return {
      send: (body: string) => browser.post(formAction(page), {}, { body }),
      csrf: hiddenField(page, "_csrf"),
    };
  }

  it("T101 refuses large bodies without reading them, on pages and for programs", async () => {
    const form = await openForm();
    const large = `_csrf=${form.csrf}&officeCode=a&username=b&password=${"x".repeat(10_000_000)}`;
    const posted = await cpuMs(async () => {
      expect((await form.send(large)).status).to.equal(413);
    });
    expect(posted).to.be.below(BOUND_MS);
    for (const url of ["/token", "/introspect", "/revoke", "/par", "/userinfo", "/sign-out/confirm"]) {
      const spent = await cpuMs(async () => {
        const answer = await postAs(vestibule.browser(), vestibule.application, { url, body: large });
        expect(answer.status, url).to.be.within(400, 499);
      });
      expect(spent, url).to.be.below(BOUND_MS);
    }
  });

  it("T101 hashes no password that nobody can have", async () => {
    const form = await openForm();
    const head = `_csrf=${form.csrf}&officeCode=a&username=b&password=`;
    const { answer, jobs } = await countArgon2(() => form.send(`${head}${"x".repeat(1_000_000)}`));
    expect([answer.status, jobs]).to.deep.equal([413, 0]);
    const long = await countArgon2(() => form.send(`${head}${"x".repeat(10_000)}`));
    expect([long.answer.status, long.jobs]).to.deep.equal([400, 0]);
    expect(long.answer.body).to.contain("The office code, username or password is incorrect.");
  });

  it("T101 refuses thousands of fields", async () => {
    const form = await openForm();
    const fields = Array.from({ length: 5_000 }, (_, index) => `f${String(index)}=`).join("&");
    expect((await form.send(`_csrf=${form.csrf}&${fields}`)).status).to.equal(413);
    expect((await form.send(`_csrf=${form.csrf}&${"=&".repeat(7_000)}`)).status, "without names").to.equal(
      400,
    );
    const sixty = Array.from({ length: 60 }, (_, index) => `f${String(index)}=`).join("&");
    const full = await form.send(`_csrf=${form.csrf}&officeCode=a&username=b&password=c&${sixty}`);
    expect(full.status, "sixty").to.equal(400);
    expect(full.body, "sixty").to.contain("Invalid request");
    const token = await postAs(vestibule.browser(), vestibule.application, {
      url: "/token",
      body: fields.slice(0, 50_000),
    });
    expect(token.status).to.be.within(400, 499);
  });

  it("T101 refuses a body in a coding or of a length that it does not say", async () => {
    const { port } = vestibule.settings;
    const head = (line: string) =>
      `POST /token HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n${line}\r\n\r\n`;
    expect(
      rawStatus(await sendRaw(port, `${head("Content-Length: 3\r\nContent-Encoding: br")}abc`)),
    ).to.be.within(400, 499);
    const endless = `${head("Transfer-Encoding: chunked")}${`1000\r\n${"a".repeat(4_096)}\r\n`.repeat(100)}0\r\n\r\n`;
    expect(rawStatus(await sendRaw(port, endless))).to.be.within(400, 499);
  });

  it("T101 refuses headers and addresses that are too long", async () => {
    expect((await vestibule.browser().get(`/?${"x".repeat(20_000)}`)).status).to.equal(431);
    expect((await vestibule.browser().get("/", { headers: { cookie: "x".repeat(20_000) } })).status).to.equal(
      431,
    );
    const longest = await vestibule.browser().get(`/?${"x&".repeat(6_000)}`);
    expect(longest.status).to.equal(200);
  });

  it("T101 reads deeply nested JSON without falling", async () => {
    const deep = "[".repeat(4_000);
    const spent = await cpuMs(async () => {
      expect((await vestibule.browser().get(vestibule.request({ claims: deep }).url)).status).to.be.oneOf([
        303, 400,
      ]);
      for (const url of ["/token", "/par", "/introspect"]) {
        const body = `${deep}${"]".repeat(4_000)}`;
        const answer = await postAs(vestibule.browser(), vestibule.application, {
          url,
          body,
          type: "application/json",
        });
        expect(answer.status, url).to.be.within(400, 499);
      }
    });
    expect(spent).to.be.below(BOUND_MS);
    expect((await vestibule.browser().get("/health/live")).status).to.equal(200);
  });

  const hard = [
    `${"a".repeat(50_000)}!`,
    `${"a@".repeat(25_000)}!`,
    `${"a.".repeat(25_000)}@`,
    `a@${"a-".repeat(25_000)}!`,
    `https://${"a.".repeat(25_000)}`,
    `https://a/${"../".repeat(15_000)}`,
    `https://${"%41".repeat(15_000)}@a`,
    `${" ".repeat(50_000)}x`,
    `x${"\t\n".repeat(25_000)}y`,
    `${"a\u0301".repeat(25_000)}!`,
    "İ".repeat(50_000),
    "\ufdfa".repeat(50_000),
    `[${":".repeat(50_000)}`,
    `::ffff:${"1".repeat(50_000)}`,
    `${"1.".repeat(25_000)}:1`,
    "🫖".repeat(25_000),
  ];
  const rules = new PasswordRules({
    strength: new StrengthThread(),
    limits: { reserve: () => Promise.resolve([]) },
    hash: () => Buffer.alloc(0),
  });
  const readers: Readonly<Record<string, (text: string) => unknown>> = {
    "a username": (text) => usernameFault(text),
    "a typed username": (text) => foldUsername(text),
    "an office code": (text) => officeCodeSchema.safeParse(text),
    "a user": (text) => newUserSchema.safeParse({ username: text, name: text, mail: text }),
    "an office": (text) => newOfficeSchema.safeParse({ code: text, name: text, accent: text }),
    "an application": (text) =>
      newApplicationSchema.safeParse({
        name: text,
        type: "browser",
        redirectUris: [text],
        corsOrigins: [text],
        backchannelLogoutUri: text,
        homeUrl: text,
        logoUrl: text,
      }),
    "a network address": (text) => addressGroup(plainAddress(text) ?? text),
    "a new password": (text) => rules.fault(text, { known: [text.slice(0, 200)], userId: null }),
    "a new password of 256": (text) =>
      rules.fault(text.slice(0, 256), { known: ["noorderlicht", "annemarie"], userId: null }),
  };
  for (const [what, read] of Object.entries(readers)) {
    it(`T101 reads ${what} in little time, however it is written`, async () => {
      for (const text of hard) {
        const spent = await cpuMs(async () => {
          await read(text);
        });
        expect(spent, text.slice(0, 20)).to.be.below(BOUND_MS);
      }
    });
  }

  it("T102 takes no name that could begin a line, a header or a command of a terminal", () => {
    const breaks = [
      "\r\nBcc: x@y.example",
      "\n",
      "\r",
      "\u001b[2J",
      "\u0000",
      "\u0085",
      "\u2028",
      "\u2029",
      "\u007f",
    ];
    for (const text of breaks) {
      const name = `Noord${text}Zuid`;
      const what = JSON.stringify(text);
      expect(newOfficeSchema.safeParse({ code: "NOORD", name }).success, `office ${what}`).to.equal(false);
      expect(newUserSchema.safeParse({ username: "jan", name }).success, `person ${what}`).to.equal(false);
      expect(newUserSchema.safeParse({ username: name, name: "Jan" }).success, `username ${what}`).to.equal(
        false,
      );
      const within = `jan@mail.exa${text}mple`;
      const typed = { username: "jan", name: "Jan", mail: within };
      expect(newUserSchema.safeParse(typed).success, `mail ${what}`).to.equal(false);
      // A line break that was copied along at the end goes; what is kept is the address alone.
      const copied = newUserSchema.safeParse({ ...typed, mail: `jan@mail.example${text}` });
      expect(copied.data?.mail ?? "jan@mail.example", `mail ${what}`).to.equal("jan@mail.example");
      const application = { name, type: "web", redirectUris: ["https://app.test/cb"] };
      expect(newApplicationSchema.safeParse(application).success, `application ${what}`).to.equal(false);
    }
    expect(newOfficeSchema.safeParse({ code: "NOORD", name: "Noord & Zuid 🫖" }).success).to.equal(true);
  });
});

/** Milliseconds of processor that the whole process spends meanwhile. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
