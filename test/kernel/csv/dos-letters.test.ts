import { expect } from "chai";
import { CsvDecoder } from "../../../src/kernel/csv/decode-csv.ts";
import type { CsvEncoding } from "../../../src/kernel/csv/csv-encoding.ts";
import { readCsv } from "../../../src/kernel/csv/read-csv.ts";

const LIMITS = { bytes: 1_000_000, rows: 1_000, columns: 20, rowLength: 5_000 };

/** Code page 850, which programs of DOS write; of its upper half what names have. */
const BYTES: Readonly<Record<string, number>> = {
  ...{
    Ç: 0x80,
    ü: 0x81,
    é: 0x82,
    â: 0x83,
    ä: 0x84,
    à: 0x85,
    å: 0x86,
    ç: 0x87,
    ê: 0x88,
    ë: 0x89,
    è: 0x8a,
    ï: 0x8b,
  },
  ...{
    î: 0x8c,
    Ä: 0x8e,
    Å: 0x8f,
    É: 0x90,
    æ: 0x91,
    Æ: 0x92,
    ô: 0x93,
    ö: 0x94,
    û: 0x96,
    ù: 0x97,
    Ö: 0x99,
    Ü: 0x9a,
  },
  ...{
    ø: 0x9b,
    Ø: 0x9d,
    á: 0xa0,
    í: 0xa1,
    ó: 0xa2,
    ú: 0xa3,
    ñ: 0xa4,
    Á: 0xb5,
    À: 0xb7,
    ã: 0xc6,
    È: 0xd4,
    ß: 0xe1,
  },
};

const written = (text: string): Uint8Array =>
  Uint8Array.from(Array.from(text, (letter) => BYTES[letter] ?? letter.codePointAt(0) ?? 0));

async function* pieces(file: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let place = 0; place < file.length; place += size) {
    yield await Promise.resolve(file.subarray(place, place + size));
  }
}

/** The names in the second line and below, and how the file was read. */
async function read(
  file: Uint8Array,
  { chosen = null, size = 65_536 }: { chosen?: CsvEncoding | null; size?: number } = {},
) {
  const decoder = new CsvDecoder(chosen);
  const names: string[] = [];
  for await (const part of readCsv(pieces(file, size), LIMITS, decoder)) {
    names.push(part.type === "row" ? (part.cells[0] ?? "") : part.fault.code);
  }
  return { names: names.slice(1), encoding: decoder.encoding };
}

const NAMES = {
  dutch: ["Zoë Müller", "Noël de Vries", "Daniëlle", "André", "Citroën", "Loïs", "Jeroen Köhler"],
  german: ["Jürgen Weiß", "Bärbel Köln", "Özgür", "Überall", "Sören Groß", "Käthe", "Müller"],
  french: ["François Lefèvre", "Hélène", "Élodie", "Benoît", "Zoé Bâtiment", "Gaëlle Forêt", "Côme"],
  others: ["José García", "Muñoz", "Åse Bjørk", "João Conceição"],
};

describe("a file that a DOS program has written, in code page 850", () => {
  for (const [language, names] of Object.entries(NAMES)) {
    it(`is recognised by its ${language} names`, async () => {
      for (const size of [1, 3, 65_536]) {
        const found = await read(written(`name\r\n${names.join("\r\n")}\r\n`), { size });
        expect(found, `${String(size)} at a time`).to.deep.equal({ names, encoding: "ibm850" });
      }
    });
  }

  it("is told apart by a single name with the letter that its language has most", async () => {
    for (const name of ["André", "Renée", "Müller", "Jürgen", "Bärbel", "Köln", "Zoë", "Noël", "Muñoz"]) {
      const { names, encoding } = await read(written(`name\r${name}\r`));
      expect([names[0], encoding]).to.deep.equal([name, "ibm850"]);
    }
  });

  it("is read so where a person says it, whatever it looks like", async () => {
    const { names, encoding } = await read(written("name\nMichèle\nWeiß\n"), { chosen: "ibm850" });
    expect([names, encoding]).to.deep.equal([["Michèle", "Weiß"], "ibm850"]);
  });

  it("has a letter for each of its bytes", async () => {
    const bytes = Uint8Array.from({ length: 128 }, (_, at) => 128 + at);
    const file = Buffer.concat([Buffer.from("name\n"), bytes, Buffer.from("\n")]);
    const { names } = await read(file, { chosen: "ibm850" });
    expect(names[0])
      .to.match(/^Çüéâä.+■\s$/)
      .and.not.contain("\u{fffd}");
  });
});
