import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { type Page } from "../../support/http-browser.ts";
import { allMails, askForLink, linkIn, mailsTo, namesOf } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { recordedLinks } from "../../support/recorded-links.ts";
import { sendRaw } from "../../support/raw-http.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { HOUR, MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("asking for a link to a new password", () => {
  const vestibule = useVestibule({
    settings: { ...BY_HAND, VESTIBULE_TRUSTED_PROXY_HOPS: "1" },
    office: {},
    application: {},
  });
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    made += 1;
    mail = `person${String(made)}@mail.example`;
    user = await makeUser(vestibule.services, vestibule.office, { mail });
  });

  /** Each from an address of their own, so that the throttle of addresses stays out of it. */
  let network = 0;
  async function ask(names: { officeCode: string; username: string }, from?: string): Promise<Page> {
    network += 1;
    const address = from ?? `198.51.100.${String(network % 250)}`;
    const browser = vestibule.browser();
    const page = await browser.get("/forgot-password");
    const fields = { _csrf: hiddenField(page, "_csrf"), ...names };
    const headers = { "x-forwarded-for": address };
    const sent = await browser.post(formAction(page), fields, { headers });
    return sent.location === "" ? sent : browser.get(sent.location);
  }
  const mails = () => mailsTo(vestibule, mail);

  it("sends one mail with one link that begins with the issuer", async () => {
    await askForLink(vestibule.browser(), namesOf(user));
    const [only, ...rest] = await mails();
    expect(rest).to.deep.equal([]);
    expect(only?.subject).to.equal("Choose a new password");
    expect(only?.text.match(/\/reset-password\//g)).to.have.length(1);
    expect(linkIn(only, `${vestibule.issuer}/reset-password/`)).to.match(/\/[\w-]{64}$/);
  });

  it("takes names as people type them", async () => {
    await ask({
      officeCode: ` ${vestibule.office.code.toLowerCase()} `,
      username: ` ${user.username.toUpperCase()} `,
    });
    expect(await mails()).to.have.length(1);
  });

  it("writes in the language of the reader", async () => {
    await asOwner(vestibule.database, "update users set language = 'nl' where id = $1", [user.id]);
    await ask(namesOf(user));
    expect((await mails())[0]?.subject).to.equal("Kies een nieuw wachtwoord");
  });

  it("T6 shows every visitor the same page, whatever account they name", async () => {
    const disabled = await makeUser(vestibule.services, vestibule.office, { mail: "disabled@mail.example" });
    await asOwner(vestibule.database, "update users set status = 'disabled' where id = $1", [disabled.id]);
    const mute = await makeUser(vestibule.services, vestibule.office);
    await asOwner(vestibule.database, "update users set mail = null where id = $1", [mute.id]);
    const closed = await makeOffice(vestibule.services);
    const ofClosed = await makeUser(vestibule.services, closed, { mail: "closed@mail.example" });
    await asOwner(vestibule.database, "update offices set status = 'closed' where id = $1", [closed.id]);
    const before = (await allMails(vestibule)).length;
    const seen = {
      known: await ask(namesOf(user)),
      "unknown user": await ask({ ...namesOf(user), username: "nobody" }),
      "unknown office": await ask({ ...namesOf(user), officeCode: "NOWHERE" }),
      "no office code at all": await ask({ ...namesOf(user), officeCode: "what? ☂" }),
      disabled: await ask(namesOf(disabled)),
      "without a mail address": await ask(namesOf(mute)),
      "closed office": await ask(namesOf(ofClosed)),
    };
    const expected = withoutChance(seen.known);
    for (const [what, page] of Object.entries(seen)) {
      expect(withoutChance(page), what).to.deep.equal(expected);
    }
    expect(await allMails(vestibule)).to.have.length(before + 1);
  });

  it("T6 does the same work for every account, statement for statement", async () => {
    const { links, seen } = recordedLinks(vestibule);
    const visitor = { address: "203.0.113.9", addressGroup: "203.0.113.9", requestId: "count" };
    const workFor = async (officeCode: string, username: string) => {
      seen.length = 0;
      await links.ask({ officeCode, username, applicationId: null, visitor });
      return [...seen];
    };
    const known = await workFor(vestibule.office.code, user.username);
    expect(known).to.include.members(["one_time_link_make", "audit_add", "do_or_undo_keep"]);
    expect(known.filter((name) => /^(outbox|message)_add$/.test(name))).to.have.length(1);
    const taken = known.map((name) => (name === "do_or_undo_keep" ? "do_or_undo_undo" : name));
    expect(await workFor(vestibule.office.code, "nobody")).to.deep.equal(taken);
    expect(await workFor("NOWHERE", user.username)).to.deep.equal(taken);
    expect(await mails()).to.have.length(1);
  });

  it("T6 sends five mails an hour to one account and then none, and says nothing of it", async () => {
    const pages = [];
    for (let tries = 0; tries < 7; tries += 1) {
      pages.push(withoutChance(await ask(namesOf(user))));
    }
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).to.equal(1);
    expect(await mails()).to.have.length(5);
    travel(HOUR + MINUTE);
    await ask(namesOf(user));
    expect(await mails()).to.have.length(6);
  });

  it("T6 keeps the last link alive when no further mail is sent", async () => {
    for (let tries = 0; tries < 6; tries += 1) {
      await ask(namesOf(user));
    }
    const link = linkIn((await mails())[0], `${vestibule.issuer}/reset-password/`);
    const browser = vestibule.browser();
    await browser.get(link);
    expect((await browser.get("/reset-password")).status).to.equal(200);
  });

  it("T6 stops a network that tries one name after the other", async () => {
    const answers = [];
    for (let tries = 0; tries < 32; tries += 1) {
      answers.push(
        (await ask({ officeCode: vestibule.office.code, username: `guess${String(tries)}` }, "203.0.113.77"))
          .status,
      );
    }
    expect(answers.filter((status) => status === 200)).to.have.length(30);
    const refused = await ask(namesOf(user), "203.0.113.77");
    expect(refused.status).to.equal(400);
    expect(refused.body).to.contain("Too many requests came from your network");
    expect(await mails()).to.deep.equal([]);
    expect((await ask(namesOf(user), "203.0.113.78")).status).to.equal(200);
  });

  it("T53 changes nothing of the account, its block and its sessions", async () => {
    const row = async () =>
      JSON.stringify(await asOwner(vestibule.database, "select * from users where id = $1", [user.id]));
    await asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
       values (home_of($1), $1, $2, 3, 3, now() + interval '15 minutes')`,
      [vestibule.office.id, user.id],
    );
    const before = await row();
    await ask(namesOf(user));
    expect(await row()).to.equal(before);
    const [guard] = await asOwner<{ failed_attempts: number; blocked: boolean }>(
      vestibule.database,
      "select failed_attempts, blocked_until > now() as blocked from second_factor_guard where user_id = $1",
      [user.id],
    );
    expect(guard).to.deep.equal({ failed_attempts: 3, blocked: true });
  });

  it("T7 writes the configured issuer whatever the request's headers say", async () => {
    const host = new URL(vestibule.issuer).host;
    const forged: Readonly<Record<string, [string, string[]]>> = {
      host: ["/forgot-password", ["Host: evil.test"]],
      "host with credentials": ["/forgot-password", [`Host: evil.test:x@${host}`]],
      "forwarded host": ["/forgot-password", [`Host: ${host}`, "X-Forwarded-Host: evil.test"]],
      forwarded: ["/forgot-password", [`Host: ${host}`, "Forwarded: host=evil.test;proto=https"]],
      "forwarded protocol": ["/forgot-password", [`Host: ${host}`, "X-Forwarded-Proto: gopher"]],
      "absolute form": ["http://evil.test/forgot-password", ["Host: evil.test"]],
      origin: ["/forgot-password", [`Host: ${host}`, "Origin: https://evil.test"]],
      referer: ["/forgot-password", [`Host: ${host}`, "Referer: https://evil.test/"]],
      "two hosts": ["/forgot-password", ["Host: evil.test", `Host: ${host}`]],
    };
    for (const [what, [target, headers]] of Object.entries(forged)) {
      const own = headers.some((header) => header.startsWith("Origin"))
        ? []
        : [`Origin: ${vestibule.issuer}`];
      network += 1;
      // A form of its own: one that is sent twice makes one link.
      const browser = vestibule.browser();
      const page = await browser.get("/forgot-password");
      const body = new URLSearchParams({ _csrf: hiddenField(page, "_csrf"), ...namesOf(user) }).toString();
      const lines = [
        `POST ${target} HTTP/1.1`,
        ...headers,
        ...own,
        `X-Forwarded-For: 198.51.100.${String(network % 250)}`,
        `Cookie: ${browser.cookiesFor("/forgot-password")}`,
        "Content-Type: application/x-www-form-urlencoded",
        `Content-Length: ${String(body.length)}`,
        "Connection: close",
      ];
      const answer = await sendRaw(vestibule.settings.port, `${lines.join("\r\n")}\r\n\r\n${body}`);
      expect(answer, what).to.not.match(/location: .*evil/i);
      expect(answer, what).to.match(/^HTTP\/1\.1 (303|4\d\d) /);
    }
    const sent = await mails();
    expect(sent.length).to.be.at.least(3);
    for (const { text } of sent) {
      expect(text).to.not.contain("evil");
      expect(text).to.contain(`\n${vestibule.issuer}/reset-password/`);
    }
  });

  it("T60 takes no form of another site, without its token, or of another browser", async () => {
    const [browser, other] = [vestibule.browser(), vestibule.browser()];
    const csrf = hiddenField(await browser.get("/forgot-password"), "_csrf");
    const foreign = hiddenField(await other.get("/forgot-password"), "_csrf");
    const otherForm = hiddenField(await browser.get("/which-office-code"), "_csrf");
    const names = namesOf(user);
    const attempts: Readonly<Record<string, Promise<Page>>> = {
      "without a token": browser.post("/forgot-password", names),
      "token of another browser": browser.post("/forgot-password", { ...names, _csrf: foreign }),
      "token of another form": browser.post("/forgot-password", { ...names, _csrf: otherForm }),
      "without cookies": vestibule.browser().post("/forgot-password", { ...names, _csrf: csrf }),
      "null origin": browser.post(
        "/forgot-password",
        { ...names, _csrf: csrf },
        { headers: { origin: "null" } },
      ),
      "other origin": browser.post(
        "/forgot-password",
        { ...names, _csrf: csrf },
        { headers: { origin: "https://evil.test" } },
      ),
    };
    for (const [what, attempt] of Object.entries(attempts)) {
      expect((await attempt).status, what).to.equal(403);
    }
    expect(await mails()).to.deep.equal([]);
  });

  it("asks again for what is missing, and keeps what was typed", async () => {
    const page = await ask({ officeCode: vestibule.office.code, username: " " });
    expect(page.status).to.equal(400);
    expect(page.body).to.contain("Enter your username.").and.contain(`value="${vestibule.office.code}"`);
    expect(page.body).to.match(/<title>Error: /);
  });

  it("fills in what the sign-in that was left knows, after the right password also who it is", async () => {
    const browser = vestibule.browser();
    const hinted = { login_hint: "joost", office: vestibule.office.code };
    const page = await openSignIn(browser, vestibule.request(hinted));
    const [, uid = ""] = /interaction\/([^/]+)/.exec(page.url) ?? [];
    const toHelp = async () =>
      browser.get((await browser.get(`/interaction/${uid}/help/forgot-password`)).location);
    const before = await toHelp();
    expect(before.body).to.contain('value="joost"').and.contain(`value="${vestibule.office.code}"`);
    expect(before.body).to.contain(`href="/interaction/${uid}"`);
    await asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, blocked_until) values (home_of($1), $1, $2, now() + interval '1 hour')`,
      [vestibule.office.id, user.id],
    );
    expect((await givePassword(browser, page, user)).url).to.match(/blocked$/);
    const after = await toHelp();
    expect(after.body).to.contain(`value="${user.username}"`).and.not.contain("joost");
  });

  it("T80 goes back nowhere but to a sign-in of ours", async () => {
    for (const from of [
      "//evil.test",
      "/\\evil.test",
      "https:evil.test",
      "javascript:alert(1)",
      "%09//evil",
      "x".repeat(30),
    ]) {
      const { body, setCookies } = await vestibule
        .browser()
        .get(`/forgot-password?from=${encodeURIComponent(from)}`);
      expect(body, from).to.not.match(/href="(?!\/forgot-password\?)[^"]*(evil|alert|xxx)/);
      expect(setCookies.join(), from).to.not.contain("vestibule-from");
    }
  });
});

/** A page without what differs each time. */
function withoutChance({ status, url, headers, body, setCookies }: Page) {
  const masked = body.replace(/nonce="[^"]*"|value="[^"]*"/g, "").replace(/\/assets\/[^/]+/g, "");
  const names = Object.keys(headers).sort();
  return { status, url, names, body: masked, cookies: setCookies.map((line) => line.split("=")[0]) };
}
