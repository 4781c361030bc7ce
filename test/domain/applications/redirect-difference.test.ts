import { expect } from "chai";
import { nearestRedirect } from "../../../src/domain/applications/redirect-difference.ts";

const REGISTERED = ["https://app.test/callback", "http://localhost:8080/callback"];

describe("the registered redirect URI that is nearest to one that was sent", () => {
  for (const [sent, address, difference] of [
    ["http://app.test/callback", "https://app.test/callback", "scheme"],
    ["https://www.app.test/callback", "https://app.test/callback", "host"],
    ["http://localhost:3000/callback", "http://localhost:8080/callback", "port"],
    ["http://127.0.0.1:8080/callback", "http://localhost:8080/callback", "host"],
    ["https://app.test/cb", "https://app.test/callback", "path"],
    ["https://app.test/callback?next=/", "https://app.test/callback", "query"],
    ["https://app.test/Callback", "https://app.test/callback", "case"],
    ["https://app.test/callback/", "https://app.test/callback", "slash"],
    ["https://app.test/callback#", "https://app.test/callback", "spelling"],
    ["https://app.test/a/../callback", "https://app.test/callback", "spelling"],
    ["HTTPS://APP.test:443/cb", "https://app.test/callback", "path"],
    ["https://app.test:443/Callback", "https://app.test/callback", "case"],
  ] as const) {
    it(`of ${sent} is ${address}, and the ${difference} is to be looked at`, () => {
      expect(nearestRedirect(sent, REGISTERED)).to.deep.equal({ address, difference });
    });
  }

  it("is none for what is no address, and where none is registered", () => {
    expect(nearestRedirect("callback", REGISTERED)).to.equal(null);
    expect(nearestRedirect("https://app.test/", [])).to.equal(null);
  });
});
