import { expect } from "chai";
import { readSettings } from "../../../src/server/settings/settings.ts";
import { faultsOf } from "../../support/settings-faults.ts";

describe("the settings of new passwords", () => {
  const settingOf = (address?: string) =>
    readSettings(address === undefined ? {} : { VESTIBULE_BREACHED_PASSWORDS: address }).newPasswords
      .breachedUrl;

  it("ask no service unless one is named", () => {
    expect([settingOf(), settingOf("off"), settingOf("")]).to.deep.equal([null, null, null]);
    expect(settingOf("https://api.pwnedpasswords.com/range/")).to.equal(
      "https://api.pwnedpasswords.com/range",
    );
  });

  for (const address of ["http://127.0.0.1:8080/range", "http://localhost:8080", "http://[::1]:8080/range"]) {
    it(`take clear text on this machine: ${address}`, () => {
      expect(settingOf(address)).to.equal(address);
    });
  }

  for (const address of [
    "http://api.pwnedpasswords.com/range",
    "http://10.0.0.7/range",
    "http://127.0.0.1.evil.example/range",
    "http://localhost.evil.example/range",
    "ftp://ranges.example/",
    "ranges.example",
    "on",
    "https://user:word@ranges.example/",
    "https://ranges.example/?hash=",
    "https://ranges.example/#a",
  ]) {
    it(`T135 refuse ${address}, in production and before`, () => {
      for (const mode of ["production", "development"]) {
        const faults = faultsOf({ NODE_ENV: mode, VESTIBULE_BREACHED_PASSWORDS: address });
        expect(
          faults.filter((fault) => fault.startsWith("VESTIBULE_BREACHED_PASSWORDS: must")),
        ).to.have.length(1);
      }
    });
  }
});
