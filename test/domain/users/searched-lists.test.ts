import { expect } from "chai";
import { userQuerySchema } from "../../../src/domain/users/user-list.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { useResource } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

/** A name, and what finds it. */
const FOUND: readonly (readonly [string, readonly string[]])[] = [
  ["García, José", ["jose garcia", "garcia jose", "GARCÍA", "josé", "Garci", "jose, garcia", "jose\u0301"]],
  ["Zoë Jäger-Łęcka", ["zoe", "jager", "lecka jager", "Jäger-Łęcka", "JAGER"]],
  ["Siobhán O’Neill", ["oneill", "o'neill", "o’neill", "o neill", "siobhan o`neill"]],
  ["İlker Işık", ["ilker isik", "İLKER", "ışık", "ISIK ILKER"]],
  ["Straße Sørensen", ["strasse", "STRASSE sorensen", "STRAẞE"]],
  ["Æsa Þórsdóttir Œuvre", ["aesa", "thorsdottir", "oeuvre"]],
  ["Ελένη Παπαδοπούλου", ["ΕΛΕΝΗ", "παπαδοπουλου", "ελενη παπα"]],
  ["Фёдор Ильич", ["ФЕДОР", "федор", "ильич фёдор"]],
  ["李小龍", ["李", "小龍"]],
  ["Ａｎｎａ　Smit", ["anna smit", "ａｎｎａ"]],
];
const NOT_FOUND = ["jose smit", "%", "_", ".", "\\", "xyz"];

describe("the lists of the console, searched", () => {
  const stage = useServices();
  const people = useResource(async () => {
    const home = await makeOffice(stage.services);
    for (const [name] of FOUND) {
      await makeUser(stage.services, home, { name, mail: "who@example.nl" });
      await makeApplication(stage.services, { name }, home.id);
    }
    return home;
  });

  const users = async (search: string) => {
    const { users: found } = await stage.services.lists.users.page(
      people.id,
      userQuerySchema.parse({ search, sort: "name" }),
    );
    return found.map(({ name }) => name);
  };
  const applications = async (search: string) => {
    const asked = { after: ["", ""], limit: 50, search } as const;
    return (await stage.services.applications.ofOffice(people.id, asked)).map(({ name }) => name);
  };

  it("find a user without accents, in any case and any order of words", async () => {
    for (const [name, searches] of FOUND) {
      for (const search of searches) {
        expect(await users(search), search).to.include(name.replace("Ａｎｎａ　", "Ａｎｎａ "));
      }
    }
    for (const search of NOT_FOUND) {
      expect(await users(search), search).to.deep.equal([]);
    }
  });

  it("find an application the same way", async () => {
    for (const [name, searches] of FOUND) {
      for (const search of searches) {
        expect(await applications(search), search).to.include(name.replace("Ａｎｎａ　", "Ａｎｎａ "));
      }
    }
    expect(await applications("%")).to.deep.equal([]);
    expect(await applications("")).to.have.length(FOUND.length);
  });

  it("T150 fold each letter as its capital, whatever the locale of the database", async () => {
    const letters = Array.from({ length: 0x590 - 0x41 }, (_, place) => String.fromCodePoint(0x41 + place))
      .filter((letter) => /^\p{L}$/u.test(letter))
      .filter((letter) => /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(letter))
      .filter((letter) => letter.toLowerCase().toUpperCase() === letter);
    const rows = await asOwner<{ upper: string; lower: string; letter: string }>(
      stage.database,
      `select letter, search_words(letter) as upper, search_words(small) as lower
       from unnest($1::text[], $2::text[]) l (letter, small)`,
      [letters, letters.map((letter) => letter.toLowerCase())],
    );
    expect(rows.length).to.be.greaterThan(400);
    expect(rows.filter(({ upper, lower }) => upper !== lower).map(({ letter }) => letter)).to.deep.equal([]);
  });

  it("T150 take ASCII a shorter way to the same words", async () => {
    const texts = ["Anna O'Neill-Smit", "a`b_c@d.nl", "  %X\\y|z~ ", "\t7\u0001", ""];
    const rows = await asOwner<{ plain: string; long: string }>(
      stage.database,
      "select search_words(t) as plain, search_words(t || ' ß') as long from unnest($1::text[]) t",
      [texts],
    );
    expect(rows.map(({ plain }) => `${plain} ss`.trim())).to.deep.equal(rows.map(({ long }) => long));
  });

  it("find the one user whom a filter of the audit log means, by name as by username", async () => {
    const { users: store } = stage.services;
    expect((await store.findOnly(people.id, "jose garcia"))?.name).to.equal("García, José");
    for (const search of ["who", "", "%", "xyz"]) {
      expect(await store.findOnly(people.id, search), search).to.equal(null);
    }
  });
});
