import { expect } from "chai";
import { csvLines } from "../../../src/kernel/csv/write-csv.ts";
import { readHeading } from "../../../src/kernel/csv/csv-heading.ts";
import { readCsv, type CsvPart } from "../../../src/kernel/csv/read-csv.ts";

const LIMITS = { bytes: 1_000_000, rows: 1_000, columns: 20, rowLength: 5_000 };

const bytesOf = (file: string | Uint8Array): Uint8Array =>
  typeof file === "string" ? new TextEncoder().encode(file) : file;

/** The file in pieces of `size` bytes, so that every character and every quote is cut once. */
async function* pieces(file: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let place = 0; place < file.length; place += size) {
    yield await Promise.resolve(file.subarray(place, place + size));
  }
}

async function partsOf(source: AsyncIterable<Uint8Array>, limits = LIMITS): Promise<CsvPart[]> {
  const parts: CsvPart[] = [];
  for await (const part of readCsv(source, limits)) {
    parts.push(part);
  }
  return parts;
}

/** What a file reads as, the same in whatever pieces it comes. */
async function read(file: string | Uint8Array): Promise<CsvPart[]> {
  const bytes = bytesOf(file);
  const whole = await partsOf(pieces(bytes, 65_536));
  for (const size of [1, 2, 3]) {
    expect(await partsOf(pieces(bytes, size)), `in pieces of ${String(size)}`).to.deep.equal(whole);
  }
  return whole;
}

const cellsOf = (parts: readonly CsvPart[]) => parts.map((part) => (part.type === "row" ? part.cells : part));
const codesOf = (parts: readonly CsvPart[]) =>
  parts.filter((part) => part.type === "fault").map(({ fault }) => fault.code);

describe("a CSV file", () => {
  const table = [
    ["username", "name"],
    ["zoë", "Zoë Müller"],
  ];

  it("is read in UTF-8, with and without a mark, and in Windows-1252", async () => {
    const text = "username,name\r\nzoë,Zoë Müller\r\n";
    expect(cellsOf(await read(text)), "UTF-8").to.deep.equal(table);
    expect(cellsOf(await read(`\u{feff}${text}`)), "marked").to.deep.equal(table);
    expect(cellsOf(await read(Buffer.from(text, "latin1"))), "Windows-1252").to.deep.equal(table);
    const euro = Buffer.concat([Buffer.from("name\ncosts "), Buffer.from([0x80])]);
    expect(cellsOf(await read(euro)), "the euro sign").to.deep.equal([["name"], ["costs €"]]);
  });

  it("is read with semicolons or commas, whichever its heading has", async () => {
    expect(cellsOf(await read("username;name\nzoë;Zoë Müller\n"))).to.deep.equal(table);
    expect(cellsOf(await read('username;name\nzoë;"Müller, Zoë; van"\n'))[1]).to.deep.equal([
      "zoë",
      "Müller, Zoë; van",
    ]);
    expect(cellsOf(await read('"a;b;c",name\n1,2\n'))[1]).to.deep.equal(["1", "2"]);
  });

  it("keeps quoted line breaks and counts each row's line as an editor counts", async () => {
    const parts = await read('a,b\r\n"one\r\ntwo","say ""yes"""\r\n\r\n,\r\nx,y');
    expect(parts).to.deep.equal([
      { type: "row", line: 1, cells: ["a", "b"] },
      { type: "row", line: 2, cells: ["one\r\ntwo", 'say "yes"'] },
      { type: "row", line: 6, cells: ["x", "y"] },
    ]);
  });

  it("is distinguished from a workbook, a picture, a damaged text and nothing", async () => {
    const files: Readonly<Record<string, Uint8Array>> = {
      zip: Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]),
      binary: Buffer.from("username\nan\0na\n"),
      encoding: Buffer.concat([Buffer.from("name\nZoë\n"), Buffer.from("Zoë\n", "latin1")]),
      empty: Buffer.from("\n \n,,\n"),
    };
    for (const [code, file] of Object.entries(files)) {
      expect(codesOf(await partsOf(pieces(file, 65_536))), code).to.deep.equal([code]);
    }
    expect(codesOf(await partsOf(pieces(new Uint8Array(), 1)))).to.deep.equal(["empty"]);
  });

  it("has its quotation marks closed, and the fault says where they are not", async () => {
    for (const file of ['a,b\nx,"y\nz', 'a,b\n"x"y,z\n', 'a,b\nx,y"z\n']) {
      const last = (await read(file)).at(-1);
      expect(last, file).to.deep.include({ type: "fault" });
      expect(last?.type === "fault" && last.fault.code, file).to.equal("quotes");
      expect(last?.type === "fault" && last.fault.line, file).to.be.within(2, 3);
    }
  });

  it("has limits for bytes, rows, columns and the length of a row", async () => {
    const limits = { bytes: 100, rows: 3, columns: 3, rowLength: 40 };
    const files: Readonly<Record<string, string>> = {
      "too-many-bytes": "a,b\n" + `x,${"y".repeat(30)}\n`.repeat(4),
      "too-many-rows": "a\n1\n\n3\n4\n",
      "too-many-columns": "a,b,c,d\n",
      "row-too-long": `a,b\n"${"x\n".repeat(25)}"`,
    };
    for (const [code, file] of Object.entries(files)) {
      expect(codesOf(await partsOf(pieces(bytesOf(file), 7), limits)), code).to.deep.equal([code]);
    }
  });

  it("T88 of a gigabyte, one endless row or a million columns ends early and in little memory", async function () {
    this.timeout(60_000);
    const limits = { ...LIMITS, bytes: 50_000_000 };
    const endless = async function* (text: string) {
      const piece = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
      for (let sent = 0; sent < 1_000_000_000; sent += piece.length) {
        handed += piece.length;
        yield await Promise.resolve(piece);
      }
    };
    let handed = 0;
    for (const [text, most] of [
      ["\n", 500_000],
      [" ", 500_000],
      ["x,", 500_000],
      ['"x\n', 500_000],
      [";", 500_000],
    ] as const) {
      handed = 0;
      const before = process.memoryUsage().rss;
      const parts = await partsOf(endless(text), limits);
      expect(codesOf(parts), JSON.stringify(text)).to.have.length(1);
      expect(handed, JSON.stringify(text)).to.be.below(most);
      expect(process.memoryUsage().rss - before, JSON.stringify(text)).to.be.below(300_000_000);
    }
  });
});

describe("a CSV heading", () => {
  const columns = { known: ["username", "mobile number"], required: ["username"] } as const;

  it("may be written in any case and order, with underscores", () => {
    const read = readHeading([" Mobile_Number", "USERNAME"], 1, columns);
    expect("heading" in read && [...read.heading]).to.deep.equal([
      ["username", 1],
      ["mobile number", 0],
    ]);
  });

  it("T89 is refused with the names of unknown, repeated and missing columns", () => {
    const faultOf = (cells: readonly string[]) => {
      const read = readHeading(cells, 3, columns);
      return "fault" in read ? read.fault : null;
    };
    expect(faultOf(["username", "password_hash", "Failed_Attempts"])).to.deep.equal({
      code: "column-unknown",
      line: 3,
      about: '"password hash", "failed attempts"',
    });
    expect(faultOf(["username", "Username"])).to.deep.include({ code: "column-twice" });
    expect(faultOf(["mobile number"])).to.deep.include({ code: "column-missing", about: '"username"' });
  });
});

describe("a line of a CSV file that goes out", () => {
  it("holds no formula, and every cell reads back as it was", async () => {
    const line = csvLines([["=1+1", "+31 6", "-1", "@x", 'a"b', "c,d;e", "two\nlines"]]);
    expect(line).to.equal(`"'=1+1","'+31 6","'-1","'@x","a""b","c,d;e","two\nlines"\r\n`);
    const [row] = await read(line);
    expect(row?.type === "row" && row.cells.slice(4)).to.deep.equal(['a"b', "c,d;e", "two\nlines"]);
  });
});
