import { expect } from "chai";
import { CsvDecoder } from "../../../src/kernel/csv/decode-csv.ts";
import { judgedRows } from "../../../src/domain/users/user-import-row.ts";

async function* fileOf(text: string): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(Buffer.from(text));
}

/** What was read of the first user, or the fault of the file. */
async function read(heading: string) {
  const cells = heading
    .split(";")
    .map((_, at) => ["anna", "Anna Jansen", "anna@noord.example", "0612345678", "nl", "user"][at]);
  const rules = {
    office: { id: "00000000-0000-4000-8000-000000000001", country: "NL", countries: ["NL"] },
    roles: ["user"],
    rolesAlone: ["user"],
    mayBringSecrets: false,
    sealApp: () => Buffer.alloc(0),
    decoder: new CsvDecoder(),
  } as const;
  for await (const part of judgedRows(fileOf(`${heading}\n${cells.join(";")}\n`), rules)) {
    if (part.type === "fault") {
      return part.fault;
    }
    const { username, name, mail, number, language, role, faults } = part.row;
    return { username, name, mail, number, language, role, faults };
  }
  return null;
}

const ANNA = {
  ...{ username: "anna", name: "Anna Jansen", mail: "anna@noord.example", number: "+31612345678" },
  ...{ language: "nl", role: "user", faults: [] },
};

describe("the columns of a table of users", () => {
  for (const [language, headings] of Object.entries({
    English: [
      "username;name;mail;mobile number;language;role",
      "User name;Full name;E-mail address;Mobile;Language;Role",
    ],
    Dutch: [
      "gebruikersnaam;naam;e-mail;mobiel;taal;rol",
      "Gebruikersnaam;Volledige naam;E-mailadres;Mobiel nummer;Taal;Rol",
    ],
    German: [
      "Benutzername;Name;E-Mail;Mobilnummer;Sprache;Rolle",
      "BENUTZERNAME;Vollständiger Name;E-Mail-Adresse;Handynummer;Sprache;Rolle",
    ],
    French: [
      "nom d'utilisateur;nom;courriel;mobile;langue;rôle",
      "Nom d’utilisateur;Nom complet;Adresse e-mail;Numéro de mobile;Langue;Role",
    ],
  })) {
    it(`may be named in ${language}`, async () => {
      for (const heading of headings) {
        expect(await read(heading), heading).to.deep.equal(ANNA);
      }
    });
  }

  it("are refused when two names mean one column, or when a name means none", async () => {
    expect(await read("username;Benutzername;name")).to.deep.include({
      code: "column-twice",
      about: '"benutzername"',
    });
    expect(await read("gebruikersnaam;naam;wachtwoord")).to.deep.include({
      code: "column-unknown",
      about: '"wachtwoord"',
    });
    expect(await read("naam;taal")).to.deep.include({ code: "column-missing", about: '"username"' });
  });
});
