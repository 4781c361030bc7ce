import { expect } from "chai";
import { ZipFile } from "../../src/kernel/zip-file.ts";
import { unzip } from "../support/unzip.ts";

describe("a ZIP file", () => {
  async function* pieces(...texts: readonly string[]): AsyncIterable<string> {
    for (const text of texts) {
      yield await Promise.resolve(text);
    }
  }

  it("gives back what was put into it, with names in any script, and empty files", async () => {
    const written: Buffer[] = [];
    const zip = new ZipFile((bytes) => {
      written.push(bytes);
      return Promise.resolve();
    }, new Date("2026-11-24T12:34:56Z"));
    const long = Array.from({ length: 2_000 }, (_, index) => `line ${String(index)} €\n`);
    await zip.add("überblick.csv", pieces(...long));
    await zip.add("empty.csv", pieces());
    await zip.add("report.html", pieces("<p>", "Noord & Zonen", "</p>"));
    await zip.end();
    expect([...unzip(Buffer.concat(written))]).to.deep.equal([
      ["überblick.csv", long.join("")],
      ["empty.csv", ""],
      ["report.html", "<p>Noord & Zonen</p>"],
    ]);
  });

  it("fails when what should go into it fails", async () => {
    const zip = new ZipFile(() => Promise.resolve(), new Date("2026-11-24T12:34:56Z"));
    async function* failing(): AsyncIterable<string> {
      yield await Promise.resolve("some");
      throw new Error("no more");
    }
    const fault = await zip.add("some.csv", failing()).then(
      () => "done",
      (error: unknown) => String(error),
    );
    expect(fault).to.contain("no more");
  });
});
