import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { asOwner } from "../../support/database.ts";
import { type Page } from "../../support/http-browser.ts";
import { allMails, mailsTo } from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import { HOUR, MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("which office code a user has", () => {
  const vestibule = useVestibule({ settings: BY_HAND });
  let mail: string;
  let made = 0;

  const north = useResource(() => makeOffice(vestibule.services, { code: "NOORD", name: "Noord & Zonen" }));
  const south = useResource(() => makeOffice(vestibule.services, { code: "ZUID", name: "Zuid" }));
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `person${String(made)}@mail.example`;
  });

  async function ask(typed = mail): Promise<Page> {
    const browser = vestibule.browser();
    const page = await browser.get("/which-office-code");
    const sent = await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), mail: typed });
    return sent.location === "" ? sent : browser.get(sent.location);
  }
  const mails = () => mailsTo(vestibule, mail);
  const plain = ({ status, url, body }: Page) => ({ status, url, body: body.replace(/nonce="[^"]*"/g, "") });

  it("is sent in one mail with every office, username and deep link", async () => {
    await makeUser(vestibule.services, north, { username: `sanne${String(made)}`, mail });
    await makeUser(vestibule.services, south, { username: `s.bakker${String(made)}`, mail });
    await ask(` ${mail.toUpperCase()} `);
    const [only, ...rest] = await mails();
    expect(rest).to.deep.equal([]);
    for (const office of [north, south]) {
      expect(only?.text).to.contain(office.name).and.contain(`${vestibule.issuer}/o/${office.code}\n`);
    }
    expect(only?.text)
      .to.contain(`NOORD / sanne${String(made)}`)
      .and.contain(`ZUID / s.bakker${String(made)}`);
  });

  it("T6 is sent to the mailbox alone: the page is the same for every address", async () => {
    await makeUser(vestibule.services, north, { mail });
    const known = plain(await ask());
    const before = (await allMails(vestibule)).length;
    expect(plain(await ask("nobody@mail.example"))).to.deep.equal(known);
    expect(await allMails(vestibule)).to.have.length(before);
    expect(await mails()).to.have.length(1);
  });

  it("T6 is sent three times an hour, and the page says nothing of it", async () => {
    await makeUser(vestibule.services, north, { mail });
    const pages = [];
    for (let tries = 0; tries < 5; tries += 1) {
      pages.push(JSON.stringify(plain(await ask())));
    }
    expect(new Set(pages).size).to.equal(1);
    expect(await mails()).to.have.length(3);
    travel(HOUR + MINUTE);
    await ask();
    expect(await mails()).to.have.length(4);
  });

  it("T102 goes to the address that the office has entered, never to one that was typed", async () => {
    await makeUser(vestibule.services, north, { mail });
    const before = (await allMails(vestibule)).length;
    for (const typed of [
      `${mail}\r\nBcc: evil@evil.test`,
      `${mail},evil@evil.test`,
      `evil@evil.test ${mail}`,
      `"${mail}"@evil.test`,
      "no address",
      "",
    ]) {
      const page = await ask(typed);
      expect([400, 200], typed).to.include(page.status);
    }
    expect(await allMails(vestibule)).to.have.length(before);
  });

  it("is not sent for a disabled account or a closed office", async () => {
    const user = await makeUser(vestibule.services, north, { mail });
    await asOwner(vestibule.database, "update users set status = 'disabled' where id = $1", [user.id]);
    const closed = await makeOffice(vestibule.services);
    await makeUser(vestibule.services, closed, { mail });
    await asOwner(vestibule.database, "update offices set status = 'closed' where id = $1", [closed.id]);
    await ask();
    expect(await mails()).to.deep.equal([]);
  });

  it("follows a changed address, and one that was taken away", async () => {
    const user = await makeUser(vestibule.services, north, { mail: `old${mail}` });
    const set = async (address: string | null) => {
      const { database, stores } = vestibule.services;
      const edited = { ...(await storedUser(vestibule.services, user)), mail: address };
      await database.inOffice(north.id, (tx) => stores.userEdits.edit(tx, edited, new Date()));
    };
    await set(mail);
    await ask();
    expect(await mails()).to.have.length(1);
    await ask(`old${mail}`);
    expect(await mailsTo(vestibule, `old${mail}`)).to.deep.equal([]);
    await set(null);
    await ask();
    expect(await mails()).to.have.length(1);
  });

  it("T87 is looked up over all offices, and leaves the connection of none behind", async () => {
    await makeUser(vestibule.services, north, { mail });
    const { database, users } = vestibule.services;
    const seen = await database.inOffice(south.id, async (tx) => {
      await tx.query({ name: "test_people_of_mail", text: "select * from find_people_of_mail($1)" }, [mail]);
      return tx.query<{ id: string }>({
        name: "test_offices",
        text: ofAllHomes("select distinct office_id as id from users"),
      });
    });
    expect(seen.map(({ id }) => id)).to.not.contain(north.id);
    expect(await users.findByMail(mail)).to.have.length(1);
    const after = await database.query({ name: "test_users", text: ofAllHomes("select id from users") });
    expect(after).to.deep.equal([]);
  });

  it("T87 keeps no address in the table that belongs to no office", async () => {
    const user = await makeUser(vestibule.services, north, { mail });
    const rows = await asOwner<{ row: string }>(
      vestibule.database,
      "select m::text as row from mail_people m where user_id = $1",
      [user.id],
    );
    expect(rows).to.have.length(1);
    expect(rows[0]?.row).to.not.contain(mail).and.not.contain(Buffer.from(mail).toString("hex"));
  });
});
