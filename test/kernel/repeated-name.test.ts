import { expect } from "chai";
import { repeatedName } from "../../src/kernel/repeated-name.ts";

describe("a name that JSON has twice", () => {
  it("T251 is found in each object, also where it is written in another way", () => {
    for (const json of [
      '{"role":"user","role":"superuser"}',
      '{"a":1,"role":[{"x":{}},"role"],"role" :2}',
      '[[{"a":{"role":1,"b":[],"role":2}}]]',
      '{"role":"a","r\\u006fle":"b"}',
      '{"\\"role\\":":1,"\\"role\\":":2,"role":3}',
    ]) {
      expect(repeatedName(json), json).to.match(/role/);
    }
  });

  it("is none where the same text is a value, or a name of another object", () => {
    for (const json of [
      '{"role":"role","a":"role"}',
      '{"a":{"role":1},"b":{"role":1},"role":1}',
      '["a","a",{"a":"{\\"a\\":1,\\"a\\":2}"}]',
      '{"a":":","b":":"}',
      '"a"',
      "7",
      `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
    ]) {
      expect(repeatedName(json), json.slice(0, 60)).to.equal(null);
    }
  });
});
