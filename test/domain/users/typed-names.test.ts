import { expect } from "chai";
import { newApplicationSchema } from "../../../src/domain/applications/application.ts";
import { newOfficeSchema } from "../../../src/domain/offices/office.ts";
import { officeSettingsSchema } from "../../../src/domain/offices/office-settings.ts";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { foldUsername } from "../../../src/domain/users/username.ts";
import { OPERATOR } from "../../support/actors.ts";
import { csvFile } from "../../support/csv-file.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

/** Names of which an eye sees nothing, and names that turn the text around them. */
const UNSEEN = [
  ...["", " ", "\u00a0", "\u200b", "\u200b\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c"],
  ...[
    "\u115f",
    "\u1160",
    "\u3164",
    "\uffa0",
    "\u2800",
    "\u2800 \u2800",
    "\u3000",
    "\u180e",
    "\ufe0f",
    "\u{e0061}",
  ],
  ...[
    "\u0301",
    "\u0301\u0302",
    "\ufffc",
    "\u{1d159}",
    "\u{16fe4}",
    "\ue000",
    "\u{f0000}",
    "\u{e0100}",
    "\u17b4",
  ],
  ...["\u202eanna", "anna\u202d", "a\u2066nna\u2069", "\u202a\u202c", "an\nna", "an\u2028na", "an\u0000na"],
];
const SEEN = ["Anna", "李", "محمد علي", "…", "7", "é", "می\u200cخواهم", "👩\u200d💼"];

/** Usernames that people take for one, and others that they do not. */
const ONE_USER = [
  ["ilker", "İlker", "ILKER", "ılker", "I\u0307lker", " ilker\u00a0", "il\u200bker", "ｉｌｋｅｒ"],
  ["o'neill", "O’Neill", "o‘neill", "O`NEILL", "o´neill", "oʼneill", "o′neill"],
  ["anne-marie", "Anne‑Marie", "anne–marie", "anne\u2212marie", "anne\u00ad-marie"],
  ["strasse", "straße", "STRAẞE"],
  ["josé", "jose\u0301", "JOSÉ"],
  ["anna smit", "anna\u202fsmit", "Anna  Smit "],
];

describe("names as they are typed or pasted", () => {
  const stage = useServices();

  it("T150 are refused by every door when no eye can see them, or when they turn the text around them", async () => {
    const doors = {
      "a new user": newUserSchema.shape.name,
      "a user's edit": userEditSchema.shape.name,
      "a new office": newOfficeSchema.shape.name,
      "an office's settings": officeSettingsSchema.shape.name,
      "an application": newApplicationSchema.in.shape.name,
    };
    for (const [door, schema] of Object.entries(doors)) {
      for (const name of UNSEEN) {
        expect(schema.safeParse(name).success, `${door}: ${JSON.stringify(name)}`).to.equal(false);
      }
      for (const name of SEEN) {
        expect(schema.safeParse(name).data, door).to.equal(name);
      }
    }
    const office = await makeOffice(stage.services);
    // A file with NUL is none of text.
    const rows = UNSEEN.filter((name) => !name.includes("\0")).map(
      (name, place) => `"user${String(place)}","${name}"`,
    );
    const run = await check(office.id, `username,name\n${rows.join("\n")}\n`);
    expect([run.fault, run.bad]).to.deep.equal([null, rows.length]);
  });

  it("T150 are one user for JavaScript and for PostgreSQL, or two for both", async () => {
    const office = await makeOffice(stage.services);
    for (const [first = "", ...others] of ONE_USER) {
      const user = await makeUser(stage.services, office, { username: first });
      for (const typed of others) {
        const found = await stage.services.users.findByUsername(office.id, typed);
        expect(found?.id, JSON.stringify(typed)).to.equal(user.id);
        const second = await makeUser(stage.services, office, { username: typed }).catch(
          (error: unknown) => error,
        );
        expect(String(second), JSON.stringify(typed)).to.contain("taken");
      }
    }
    const keys = await asOwner<{ username: string; key: string }>(
      stage.database,
      "select username, username_key as key from users",
    );
    for (const { username, key } of keys) {
      expect(key).to.equal(foldUsername(username));
    }
    expect(new Set(keys.map(({ key }) => key)).size).to.equal(keys.length);
  });

  it("T150 of no Latin letter make two users that a page of capitals shows alike", () => {
    for (let code = 0xc0; code < 0x250; code += 1) {
      const letter = String.fromCodePoint(code);
      if (newUserSchema.shape.username.safeParse(`x${letter}`).success) {
        const forms = [letter, letter.toUpperCase(), letter.toLowerCase(), letter.normalize("NFD")];
        expect(new Set(forms.map((form) => foldUsername(`x${form}`))).size, code.toString(16)).to.equal(1);
      }
    }
  });

  it("T150 of office codes are found as phones write them", async () => {
    const { id } = await makeOffice(stage.services, { code: "LINDE-WEST" });
    for (const typed of [
      "linde-west",
      "LİNDE-WEST",
      "lınde‑west",
      " Linde–West. ",
      "ＬＩＮＤＥ－ＷＥＳＴ",
      "linde\u200b-west",
    ]) {
      const { code } = newOfficeSchema.parse({ code: typed, name: "Linde" });
      expect((await stage.services.offices.findByCode(code))?.id, typed).to.equal(id);
    }
  });

  it("T150 of mail hosts are kept in ASCII, and found however they are written", async () => {
    const office = await makeOffice(stage.services);
    await makeUser(stage.services, office, { mail: "Anna@bücher.example" });
    for (const typed of ["anna@bücher.example", "ANNA@BÜCHER.example", "anna@xn--bcher-kva.example"]) {
      const { mail } = newUserSchema.parse({ username: "xx", name: "x", mail: typed });
      const found = await stage.services.users.findByMail(mail ?? "");
      expect(found.map((owner) => owner.mail)).to.deep.equal(["Anna@xn--bcher-kva.example"]);
    }
    for (const mail of [
      "jürgen@example.de",
      "анна@example.ru",
      "a b@example.nl",
      "@example.nl",
      "a@b",
      "a@x@y.nl",
    ]) {
      expect(newUserSchema.shape.mail.safeParse(mail).success, mail).to.equal(false);
    }
  });

  const check = async (officeId: string, text: string) => {
    const office = (await stage.services.offices.find(officeId)) ?? expect.fail();
    return stage.services.imports.importer.check(office, csvFile(text), OPERATOR);
  };

  it("T150 of applications are refused as well by the command line's service", async () => {
    for (const name of ["\u200b", "\u3164", "\u2800"]) {
      const made = await makeApplication(stage.services, { name }).catch((error: unknown) => error);
      expect(made, JSON.stringify(name)).to.be.an.instanceOf(Error);
    }
  });
});
