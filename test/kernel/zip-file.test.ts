import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { ZipFile } from "../../src/kernel/zip-file.ts";
import { eventually } from "../support/eventually.ts";
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

  it("fails when what takes it fails, and asks for no more of the text", async () => {
    const zip = new ZipFile(() => Promise.reject(new Error("gone away")), new Date("2026-11-24T12:34:56Z"));
    let asked = 0;
    async function* endless(): AsyncIterable<string> {
      for (;;) {
        asked += 1;
        yield await Promise.resolve("text ".repeat(1_000));
      }
    }
    const faultOf = (work: Promise<void>) => work.then(() => "done", String);
    expect(await faultOf(zip.add("endless.csv", endless()))).to.contain("gone away");
    const before = asked;
    expect(await faultOf(zip.end())).to.contain("gone away");
    expect(asked).to.equal(before);
  });

  it("asks for the text no faster than it is taken", async () => {
    let asked = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const zip = new ZipFile(() => held, new Date("2026-11-24T12:34:56Z"));
    async function* noise(): AsyncIterable<string> {
      for (; asked < 2_000; asked += 1) {
        yield await Promise.resolve(randomBytes(4_096).toString("base64"));
      }
    }
    const adding = zip.add("noise.csv", noise());
    let seen = -1;
    await eventually(
      () => Promise.resolve(asked),
      (now) => {
        const isStill = now > 0 && now === seen;
        seen = now;
        return isStill;
      },
    );
    expect(asked).to.be.below(1_000);
    release();
    await adding;
    await zip.end();
    expect(asked).to.equal(2_000);
  });
});
