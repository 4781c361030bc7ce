import { expect } from "chai";
import { copyJson } from "../../src/kernel/copy-json.ts";

describe("a copy of JSON", () => {
  const value = { a: [1, { b: null }], c: { d: "e" }, f: true };

  it("is equal and shares nothing", () => {
    const copy = copyJson(value);
    expect(copy).to.deep.equal(value);
    expect(copy.a).to.not.equal(value.a);
    expect(copy.a[1]).to.not.equal(value.a[1]);
    expect(copy.c).to.not.equal(value.c);
  });

  it("keeps a member with the name of the prototype, and its own prototype", () => {
    const copy: unknown = copyJson(JSON.parse('{"__proto__":{"admin":true}}'));
    expect(JSON.stringify(copy)).to.equal('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(copy)).to.equal(Object.prototype);
  });
});
