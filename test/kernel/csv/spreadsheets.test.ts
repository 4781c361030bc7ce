import { expect } from "chai";
import { readHeading } from "../../../src/kernel/csv/csv-heading.ts";
import type { CsvEncoding } from "../../../src/kernel/csv/csv-encoding.ts";
import { CsvDecoder } from "../../../src/kernel/csv/decode-csv.ts";
import { readCsv } from "../../../src/kernel/csv/read-csv.ts";

const LIMITS = { bytes: 1_000_000, rows: 1_000, columns: 20, rowLength: 5_000 };

/** Bytes from 0x80 in Mac Roman, which Node reads but does not write. */
const MAC = Array.from(
  new TextDecoder("macintosh").decode(Uint8Array.from({ length: 128 }, (_, at) => 128 + at)),
);
const WINDOWS = Array.from(
  new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 128 }, (_, at) => 128 + at)),
);

const eightBit = (text: string, letters: readonly string[]) =>
  Uint8Array.from(
    Array.from(text, (letter) => {
      const place = letters.indexOf(letter);
      return place === -1 ? (letter.codePointAt(0) ?? 0) : 128 + place;
    }),
  );

const WRITTEN: Readonly<Record<Exclude<CsvEncoding, "ibm850">, (text: string) => Uint8Array>> = {
  "utf-8": (text) => Buffer.from(text),
  "windows-1252": (text) => eightBit(text, WINDOWS),
  macintosh: (text) => eightBit(text, MAC),
  "utf-16le": (text) => Buffer.from(text, "utf16le"),
  "utf-16be": (text) => Buffer.from(text, "utf16le").swap16(),
};

async function* pieces(file: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let place = 0; place < file.length; place += size) {
    yield await Promise.resolve(file.subarray(place, place + size));
  }
}

/** The cells and the encoding, the same in whatever pieces the file comes. */
async function read(file: Uint8Array, chosen: CsvEncoding | null = null) {
  const results = [];
  for (const size of [1, 2, 3, 65_536]) {
    const decoder = new CsvDecoder(chosen);
    const rows: (readonly string[] | string)[] = [];
    for await (const part of readCsv(pieces(file, size), LIMITS, decoder)) {
      rows.push(part.type === "row" ? part.cells : part.fault.code);
    }
    results.push({ rows, encoding: decoder.encoding });
  }
  const [first = { rows: [], encoding: "utf-8" }] = results;
  results.forEach((result) => {
    expect(result).to.deep.equal(first);
  });
  return first;
}

/** Names of each language of Western Europe, as a customer's file has them. */
const NAMES = [
  ...["Zoë Müller", "José García", "Muñoz", "Siobhán", "François Lefèvre", "Jürgen Weiß", "Åse Bjørk", "Ærø"],
  ...[
    "Überall",
    "Ångström",
    "Renée",
    "Citroën",
    "Élodie",
    "Öztürk",
    "Noël",
    "João Conceição",
    "Iñaki",
    "D’Arcy",
  ],
];

describe("a file as spreadsheets write it", () => {
  it("is read in each encoding, recognised by its letters and by its mark", async () => {
    for (const encoding of ["utf-8", "windows-1252", "macintosh", "utf-16le", "utf-16be"] as const) {
      const text = `username,name\r\n${NAMES.map((name, at) => `u${String(at)},${name}`).join("\r\n")}\r\n`;
      const marks = encoding.startsWith("utf") ? ["", "\u{feff}"] : [""];
      for (const mark of marks) {
        const found = await read(WRITTEN[encoding](mark + text));
        expect(found.encoding, mark).to.equal(encoding);
        expect(found.rows.slice(1).map((row) => row[1])).to.deep.equal(NAMES);
      }
    }
  });

  it("is told apart by a single name, Windows or Mac", async () => {
    for (const name of NAMES) {
      for (const encoding of ["windows-1252", "macintosh"] as const) {
        const { rows, encoding: read1 } = await read(WRITTEN[encoding](`name\r${name}\r`));
        expect([read1, rows[1]?.[0]], `${name} in ${encoding}`).to.deep.equal([encoding, name]);
      }
    }
  });

  it("is read as a person says who saw wrong letters, and then in no other way", async () => {
    const file = WRITTEN.macintosh("name\nŽižek\n".replaceAll(/[Žž]/g, "é"));
    expect((await read(file, "windows-1252")).rows[1]).to.deep.equal(["ŽiŽek"]);
    expect((await read(file, "macintosh")).rows[1]).to.deep.equal(["éiéek"]);
    expect((await read(file, "utf-8")).rows).to.deep.equal(["encoding"]);
    expect(
      (await read(WRITTEN["utf-16le"]("\u{feff}name\né\n"), "macintosh")).encoding,
      "a mark wins",
    ).to.equal("utf-16le");
  });

  it("may name its delimiter in a line of its own, and have tabs, semicolons, commas or bars", async () => {
    const rows = [
      ["username", "name"],
      ["zoe", "Müller, Zoë; van"],
    ];
    for (const [file, what] of [
      ['sep=;\r\nusername;name\r\nzoe;"Müller, Zoë; van"\r\n', "sep=;"],
      ['\u{feff}"sep=;"\nusername;name\nzoe;"Müller, Zoë; van"\n', "quoted"],
      ["SEP=\t\nusername\tname\nzoe\tMüller, Zoë; van\n", "sep and a tab"],
      ["username\tname\r\nzoe\tMüller, Zoë; van\r\n", "tabs"],
      ["username|name\nzoe|Müller, Zoë; van\n", "bars"],
      ["username\rname".replace("\r", ";") + '\rzoe;"Müller, Zoë; van"\r', "an old Mac's line ends"],
    ] as const) {
      expect((await read(Buffer.from(file))).rows, what).to.deep.equal(rows);
    }
    expect((await read(Buffer.from("sep=;\n"))).rows, "nothing else").to.deep.equal(["empty"]);
  });

  it("may be wider than its table, on each side of a limit", async () => {
    const wide = `username;name${";".repeat(60)}\nzoe;Zoë${";".repeat(60)}\n${";".repeat(62)}\n`;
    const { rows } = await read(Buffer.from(wide));
    expect(rows).to.have.length(2);
    const [heading] = rows;
    const columns = { known: ["username", "name"], required: ["username"] } as const;
    const found = readHeading(Array.isArray(heading) ? heading : [], 1, columns);
    expect("heading" in found && [...found.heading]).to.deep.equal([
      ["username", 0],
      ["name", 1],
    ]);
    const apart = readHeading(["", "name", "\u00a0", "\u200bUser\u00a0name"], 1, {
      known: ["user name", "name"],
      required: [],
    });
    expect("heading" in apart && [...apart.heading]).to.deep.equal([
      ["user name", 3],
      ["name", 1],
    ]);
  });
});
