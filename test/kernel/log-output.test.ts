import { expect } from "chai";
import { LogOutput } from "../../src/kernel/log-output.ts";
import { eventually } from "../support/eventually.ts";

/** An output that takes `room` bytes at once, and fails with `code` while it has none. */
class Tap {
  text = "";
  room = Number.POSITIVE_INFINITY;
  code = "ENOSPC";

  readonly write = (bytes: Uint8Array): number => {
    if (this.room === 0) {
      throw Object.assign(new Error("no room"), { code: this.code });
    }
    const taken = Math.min(this.room, bytes.length);
    this.text += Buffer.from(bytes.subarray(0, taken)).toString("latin1");
    this.room -= taken;
    return taken;
  };
}

describe("the output of the log", () => {
  const lost: number[] = [];
  let tap: Tap;
  let output: LogOutput;
  beforeEach(() => {
    lost.length = 0;
    tap = new Tap();
    output = new LogOutput({ write: tap.write, onLost: (lines) => lost.push(lines) });
  });
  const written = (text: string) =>
    eventually(
      () => Promise.resolve(tap.text),
      (found) => found === text,
    );

  it("has each line as soon as it was written", () => {
    output.write("one\n");
    expect(tap.text).to.equal("one\n");
  });

  for (const code of ["ENOSPC", "EAGAIN", "EIO"]) {
    it(`has lines later, whole and in order, that could not be written (${code})`, async () => {
      Object.assign(tap, { code, room: 2 });
      output.write("one\n");
      output.write("two\n");
      expect(tap.text).to.equal("on");
      tap.room = Number.POSITIVE_INFINITY;
      output.write("three\n");
      await written("one\ntwo\nthree\n");
      output.write("four\n");
      expect(tap.text).to.equal("one\ntwo\nthree\nfour\n");
      expect(lost).to.deep.equal([]);
    });
  }

  it("keeps a bounded part of what cannot be written, and says how many lines it lost", async () => {
    tap.room = 0;
    const line = `${"x".repeat(1_023)}\n`;
    for (let count = 0; count < 2_000; count += 1) {
      output.write(line);
    }
    tap.room = Number.POSITIVE_INFINITY;
    await eventually(
      () => Promise.resolve(lost),
      (found) => found.length > 0,
    );
    expect(lost).to.deep.equal([976]);
    expect(tap.text).to.equal(line.repeat(1_024));
  });

  it("keeps nothing for a reader that is gone", () => {
    Object.assign(tap, { code: "EPIPE", room: 0 });
    output.write("one\n");
    tap.room = Number.POSITIVE_INFINITY;
    output.write("two\n");
    expect(tap.text).to.equal("");
  });
});
