import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { type Page } from "../../support/http-browser.ts";
import { choosePassword, linkFor, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { formAction, hiddenField, openSignIn, signIn } from "../../support/relying-party.ts";
import { givePassword } from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("the link to a new password", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: { code: "NOORDERLICHT" }, application: {} });
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    // The throttle of addresses counts by the hour, and every test comes from the same one.
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `person${String(made)}@mail.example`;
    user = await makeUser(vestibule.services, vestibule.office, {
      mail,
      username: `annemarie${String(made)}`,
    });
  });

  const link = () => linkFor(vestibule, user, mail);
  const tokenOf = (address: string) => address.split("/").at(-1) ?? "";
  const hashOf = async ({ id } = user) => {
    const text = "select password_hash as hash from users where id = $1";
    return (await asOwner<{ hash: string }>(vestibule.database, text, [id]))[0]?.hash;
  };
  const isIn = async (password: string) => {
    travel(2 * SECOND);
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const { location } = await givePassword(browser, page, { ...user, password });
    return /[?&]code=/.test(location);
  };
  const isGone = ({ status, body }: Page) => status === 400 && body.includes("This link no longer works");

  it("replaces the password", async () => {
    const browser = vestibule.browser();
    const page = await openLink(browser, await link());
    expect(page.body).to.contain("Choose a new password").and.contain(user.username);
    const done = await choosePassword(browser, page, NEW);
    expect(done.body).to.contain("Your password has been changed");
    expect([await isIn(user.password), await isIn(NEW)]).to.deep.equal([false, true]);
  });

  it("T8 is good for thirty minutes", async () => {
    const address = await link();
    travel(30 * MINUTE - SECOND);
    expect((await openLink(vestibule.browser(), address)).status).to.equal(200);
    travel(2 * SECOND);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
  });

  it("T8 is good once: of ten at the same moment one wins, and its password counts", async () => {
    const address = await link();
    const passwords = Array.from({ length: 10 }, (_, index) => `${NEW}-${String(index)}`);
    const browsers = await Promise.all(
      passwords.map(async () => {
        const browser = vestibule.browser();
        return { browser, page: await openLink(browser, address) };
      }),
    );
    const answers = await Promise.all(
      browsers.map(({ browser, page }, index) =>
        browser.post(formAction(page), {
          _csrf: hiddenField(page, "_csrf"),
          newPassword: passwords[index] ?? "",
        }),
      ),
    );
    const won = answers.flatMap(({ status }, index) => (status === 303 ? [passwords[index] ?? ""] : []));
    expect(won).to.have.length(1);
    expect(answers.filter(isGone)).to.have.length(9);
    expect(await isIn(won[0] ?? "")).to.equal(true);
    expect(isGone(await openLink(vestibule.browser(), address))).to.equal(true);
  });

  it("T8 is void when a newer one was asked for", async () => {
    const [older, newer] = [await link(), await link()];
    expect(isGone(await openLink(vestibule.browser(), older))).to.equal(true);
    expect((await openLink(vestibule.browser(), newer)).status).to.equal(200);
  });

  it("T8 cannot be made of a copy of the database", async () => {
    await link();
    const rows = await asOwner<{ hash: Buffer }>(vestibule.database, "select hash from one_time_links");
    const hashes = rows.flatMap(({ hash }) => [hash.toString("base64url"), hash.toString("hex")]);
    for (const guess of hashes) {
      expect(isGone(await openLink(vestibule.browser(), `/reset-password/${guess}`)), guess).to.equal(true);
    }
  });

  it("T9 does nothing for whatever is no link of this kind, with one and the same page", async () => {
    const { services } = vestibule;
    const { links: store } = services.stores;
    const made = async (purpose: "invitation" | "mail-change" | "not-me") => {
      const draft = {
        purpose,
        officeId: vestibule.office.id,
        userId: user.id,
        at: new Date(Date.now()),
        data: { mail },
      };
      return (await services.database.inOffice(vestibule.office.id, (tx) => store.make(tx, draft))).reveal();
    };
    const south = await makeOffice(services);
    const right = await link();
    const otherOffice = Buffer.from(tokenOf(right), "base64url");
    Buffer.from(south.id.replaceAll("-", ""), "hex").copy(otherOffice);
    const browser = vestibule.browser();
    const interaction = await openSignIn(browser, vestibule.request());
    const redirect = await signIn(vestibule.browser(), vestibule.request(), user);
    const tokens: Readonly<Record<string, string>> = {
      invitation: await made("invitation"),
      "mail change": await made("mail-change"),
      "not me": await made("not-me"),
      "uid of a sign-in": /interaction\/([^/]+)/.exec(interaction.url)?.[1] ?? "",
      "code of an application": redirect.searchParams.get("code") ?? "",
      "state of an application": redirect.searchParams.get("state") ?? "",
      "another office in it": otherOffice.toString("base64url"),
      "something behind it": `${tokenOf(right)}A`,
      "other case": tokenOf(right).toLowerCase(),
      nothing: "x",
      "very long": "x".repeat(5_000),
      "line break": "a%0d%0aset-cookie:b=c",
    };
    const before = await hashOf();
    const pages = [];
    for (const [what, token] of Object.entries(tokens)) {
      const page = await openLink(vestibule.browser(), `/reset-password/${token}`);
      expect(isGone(page), what).to.equal(true);
      pages.push(page.body.replace(/nonce="[^"]*"/g, ""));
    }
    expect(new Set(pages).size).to.equal(1);
    expect(await hashOf()).to.equal(before);
    expect((await openLink(vestibule.browser(), right)).status, "the right one").to.equal(200);
  });

  it("T9 of another user changes that user's password alone", async () => {
    const otherMail = `other${mail}`;
    const other = await makeUser(vestibule.services, vestibule.office, { mail: otherMail });
    const before = await hashOf();
    const browser = vestibule.browser();
    const page = await openLink(browser, await linkFor(vestibule, other, otherMail));
    const fields = { _csrf: hiddenField(page, "_csrf"), newPassword: NEW };
    const extra = {
      username: user.username,
      userId: user.id,
      officeCode: vestibule.office.code,
      sub: user.id,
    };
    await browser.post(formAction(page), { ...fields, ...extra });
    expect(await hashOf()).to.equal(before);
    expect(await hashOf(other)).to.not.equal(undefined);
  });

  it("T9 that was put into a browser behind a user's back does not get the password of the open form", async () => {
    const otherMail = `thief${mail}`;
    const thief = await makeUser(vestibule.services, vestibule.office, { mail: otherMail });
    const browser = vestibule.browser();
    const page = await openLink(browser, await link());
    await browser.get(await linkFor(vestibule, thief, otherMail));
    const before = [await hashOf(), await hashOf(thief)];
    expect((await choosePassword(browser, page, NEW)).status).to.equal(403);
    expect([await hashOf(), await hashOf(thief)]).to.deep.equal(before);
  });

  it("T10 is needed: no form without it changes anything", async () => {
    const before = await hashOf();
    const browser = vestibule.browser();
    const asked = await browser.get("/forgot-password");
    const csrf = hiddenField(asked, "_csrf");
    const fields = {
      newPassword: NEW,
      username: user.username,
      officeCode: vestibule.office.code,
      step: "done",
    };
    for (const [what, token] of Object.entries({ "no token": {}, "token of asking": { _csrf: csrf } })) {
      for (const path of ["/reset-password", "/invitation", "/reset-password/done"]) {
        const page = await browser.post(path, { ...fields, ...token });
        expect(page.status, `${what}, ${path}`).to.be.within(400, 499);
      }
    }
    const opened = await openLink(browser, await link());
    browser.forget("vestibule-reset");
    expect((await choosePassword(browser, opened, NEW)).status, "after the link was lost").to.equal(403);
    expect(await hashOf()).to.equal(before);
  });

  it("T12 is not used up by a mail scanner", async () => {
    const address = await link();
    const scanner = vestibule.browser();
    for (const method of ["GET", "GET", "HEAD", "GET"]) {
      const answer = await scanner.send(address, { method });
      await scanner.send(answer.location, { method });
    }
    const browser = vestibule.browser();
    const done = await choosePassword(browser, await openLink(browser, address), NEW);
    expect(done.body).to.contain("Your password has been changed");
  });

  it("T12 leaves the address at once, and stands on no page", async () => {
    const address = await link();
    const browser = vestibule.browser();
    const moved = await browser.get(address);
    expect([moved.status, moved.location]).to.deep.equal([303, `${vestibule.issuer}/reset-password`]);
    expect(moved.headers["referrer-policy"]).to.equal("no-referrer");
    expect(moved.headers["cache-control"]).to.equal("no-store");
    const page = await browser.get(moved.location);
    expect(page.headers["cache-control"]).to.equal("no-store");
    // With `no-referrer` here the browser would send `Origin: null` with the form; the address holds no secret any more.
    expect(page.headers["referrer-policy"]).to.equal("same-origin");
    expect(page.body).to.not.contain(tokenOf(address));
    const elsewhere = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, found = ""]) => found);
    expect(elsewhere.filter((found) => !found.startsWith("/"))).to.deep.equal([]);
  });

  it("T12 lives in a cookie for the server alone, half an hour at most", async () => {
    const [cookie = ""] = (await vestibule.browser().get(await link())).setCookies;
    expect(cookie).to.match(/^vestibule-reset=[\w-]{64}; path=\/; expires=/);
    expect(cookie)
      .to.match(/httponly/i)
      .and.match(/samesite=lax/i);
    const expires = Date.parse(/expires=([^;]*)/.exec(cookie)?.[1] ?? "");
    expect((expires - Date.now()) / MINUTE).to.be.within(29, 30.1);
  });

  it("T1 keeps the password exactly, and asks for it in a field that takes any", async () => {
    const long =
      "Seven Green teapots 🫖 stand on the old piano; nobody plays it, yet it hums at night, softly";
    const browser = vestibule.browser();
    const page = await openLink(browser, await link());
    const input = /<input[^>]*name="newPassword"[^>]*>/.exec(page.body)?.[0] ?? "";
    expect(input).to.contain('type="password"').and.contain('autocomplete="new-password"');
    expect(input).to.not.match(/maxlength|pattern|onpaste|readonly|value=/);
    await choosePassword(browser, page, long);
    const others = [long.slice(0, 72), `${long} `, long.toLowerCase()];
    expect(await Promise.all(others.map(isIn))).to.deep.equal([false, false, false]);
    expect(await isIn(long)).to.equal(true);
  });

  it("T2 refuses a password that is tried first, and takes another with the same link", async () => {
    const browser = vestibule.browser();
    let page = await openLink(browser, await link());
    const before = await hashOf();
    const weak: Readonly<Record<string, string>> = {
      password1: "at least 12 characters",
      "kX9#q!zT2@w": "at least 12 characters",
      password12345: "too easy",
      noorderlicht2026: "too easy",
      [`${user.username}2026`]: "too easy",
      vestibule1234: "too easy",
      SanneBakker2026: "too easy",
      aaaaaaaaaaaaaaaaaaaaaa: "too easy",
      ["aB3$".repeat(64) + "x"]: "at most 256 characters",
      "": "at least 12 characters",
    };
    for (const [password, reason] of Object.entries(weak)) {
      page = await choosePassword(browser, page, password);
      expect(page.status, password).to.equal(400);
      expect(page.body, password).to.contain(reason);
      expect(page.body, password).to.not.contain(`value="${password}"`);
    }
    expect(await hashOf()).to.equal(before);
    await choosePassword(browser, page, "wqzjkpfhtbmxnvrdgsly");
    expect(await isIn("wqzjkpfhtbmxnvrdgsly")).to.equal(true);
  });

  it("T60 takes no form of another site", async () => {
    const address = await link();
    const before = await hashOf();
    const browser = vestibule.browser();
    const page = await openLink(browser, address);
    const fields = { _csrf: hiddenField(page, "_csrf"), newPassword: NEW };
    for (const origin of ["null", "https://evil.test"]) {
      expect(
        (await browser.post("/reset-password", fields, { headers: { origin } })).status,
        origin,
      ).to.equal(403);
    }
    const other = vestibule.browser();
    await openLink(other, address);
    expect((await other.post("/reset-password", fields)).status, "token of another browser").to.equal(403);
    expect(await hashOf()).to.equal(before);
  });

  it("T92 is worth nothing any more when the mail address was changed, or the account disabled", async () => {
    const changed = await link();
    await asOwner(vestibule.database, "update users set mail = 'new@mail.example' where id = $1", [user.id]);
    expect(isGone(await openLink(vestibule.browser(), changed))).to.equal(true);
    await asOwner(vestibule.database, "update users set mail = $2 where id = $1", [user.id, mail]);
    expect((await openLink(vestibule.browser(), changed)).status).to.equal(200);
    await asOwner(vestibule.database, "update users set status = 'disabled' where id = $1", [user.id]);
    expect(isGone(await openLink(vestibule.browser(), changed))).to.equal(true);
  });
});
