import { expect } from "chai";
import { errors } from "../../src/protocol/library.ts";

const frames = ({ stack = "" }: Error) => stack.split("\n").filter((line) => /^\s+at /.test(line)).length;

describe("an error of oidc-provider", () => {
  it("says what is refused, and has no stack when it is a refusal", () => {
    const refusal = new errors.InvalidToken("grant not found");
    expect(refusal).to.be.instanceOf(Error);
    expect(refusal).to.include({ error: "invalid_token", statusCode: 401, error_detail: "grant not found" });
    expect(frames(refusal)).to.equal(0);
    expect(frames(new errors.InvalidGrant("used"))).to.equal(0);
  });

  it("leaves the stacks of all other errors alone", () => {
    const fault = new TypeError("a fault");
    expect(frames(fault)).to.be.greaterThan(3);
    const captured: { stack?: string } = {};
    Error.captureStackTrace(captured);
    expect(captured.stack).to.include("cheap-refusals.test.ts");
    expect(Error.stackTraceLimit).to.be.greaterThan(0);
  });
});
