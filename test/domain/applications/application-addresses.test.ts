import { expect } from "chai";
import { newApplicationSchema } from "../../../src/domain/applications/application.ts";

const WEB = { name: "Ledger", type: "web", redirectUris: ["https://app.test/cb"] };

const faultsOf = (changes: Record<string, unknown>): string[] =>
  newApplicationSchema
    .safeParse({ ...WEB, ...changes })
    .error?.issues.map(({ path }) => String(path[0]))
    .sort() ?? [];

describe("addresses of an application", () => {
  const BAD = {
    "a script": "javascript:alert(1)//",
    "a script that looks like an address": "javascript://app.test/%0aalert(1)",
    data: "data:text/html,<script>alert(1)</script>",
    "a file": "file:///etc/passwd",
    "a blob": "blob:https://app.test/1",
    "plain http": "http://app.test/cb",
    "plain http to a name that begins like this computer": "http://localhost.evil.test/cb",
    "plain http to an address that begins like this computer": "http://127.0.0.1.evil.test/cb",
    "another address of this computer": "http://127.0.0.2/cb",
    "this computer as one number": "http://2130706433/cb",
    ftp: "ftp://app.test/cb",
    "a private scheme": "com.example.app:/cb",
    "a fragment": "https://app.test/cb#x",
    "an empty fragment": "https://app.test/cb#",
    "a user name": "https://app.test@evil.test/cb",
    "a user name and a password": "https://user:secret@app.test/cb",
    "a wildcard host": "https://*.app.test/cb",
    "a wildcard path": "https://app.test/*",
    "a backslash": "https://app.test\\@evil.test/cb",
    "a space": "https://app.test/ cb",
    "a line break": "https://app.test/cb\r\nX: y",
    "a null": "https://app.test/cb\u0000",
    "a path that leads back": "https://app.test/a/../cb",
    "this computer with parts left out": "http://127.1/cb",
    "a dot at the end of the host": "https://app.test./cb",
    "a letter of the host that is encoded": "https://a%70p.test/cb",
    "a full-width host": "https://ａｐｐ.test/cb",
    "an invisible character in the host": "https://app\u00ad.test/cb",
    "a path that is not encoded": "https://app.test/büro",
    "one slash behind the scheme": "https:/app.test/cb",
    "a name of this computer": "http://app.localhost:3000/cb",
    "a private network without encryption": "http://192.168.1.10/cb",
    "no scheme": "app.test/cb",
    "a scheme of the page": "//app.test/cb",
    "a path alone": "/cb",
    nothing: "",
  };
  const FIELDS = [
    "redirectUris",
    "postLogoutRedirectUris",
    "backchannelLogoutUri",
    "homeUrl",
    "logoUrl",
  ] as const;

  for (const [name, address] of Object.entries(BAD)) {
    it(`T78 refuses ${name} everywhere`, () => {
      for (const field of FIELDS) {
        const value = field.endsWith("Uris") ? ["https://app.test/cb", address] : address;
        expect(faultsOf({ [field]: value }), field).to.deep.equal([field]);
      }
    });
  }

  it("T78 takes https, and http for this computer alone", () => {
    const good = [
      "https://app.test/cb",
      "https://app.test/",
      "https://app.test",
      "https://app.test:8443/cb?tenant=1",
      "https://xn--bcher-kva.test/cb",
      "http://localhost:3000/cb",
      "http://127.0.0.1:3000/cb",
      "http://[::1]:3000/cb",
    ];
    expect(faultsOf({ redirectUris: good, postLogoutRedirectUris: good })).to.be.empty;
    for (const address of good) {
      const one = { backchannelLogoutUri: address, homeUrl: address, logoUrl: address };
      expect(faultsOf(one), address).to.be.empty;
    }
  });

  it("T78 takes only origins for cross-origin calls, and only of browser applications", () => {
    const browser = { type: "browser" };
    expect(faultsOf({ ...browser, corsOrigins: ["https://app.test", "http://localhost:5173"] })).to.be.empty;
    for (const origin of [
      "*",
      "null",
      "https://app.test/",
      "https://app.test/x",
      "https://*.app.test",
      "http://app.test",
      "javascript:0",
    ]) {
      expect(faultsOf({ ...browser, corsOrigins: [origin] }), origin).to.deep.equal(["corsOrigins"]);
    }
    expect(faultsOf({ type: "web", corsOrigins: ["https://app.test"] })).to.deep.equal(["corsOrigins"]);
  });

  it("T79 takes for a native application this computer, a private scheme with a dot, or https", () => {
    const native = { type: "native" };
    const good = [
      "http://127.0.0.1/cb",
      "http://[::1]/cb",
      "http://127.0.0.1:7777/cb",
      "http://localhost:8000",
      "http://localhost/cb",
      "com.example.app:/cb",
      "https://app.test/cb",
    ];
    expect(faultsOf({ ...native, redirectUris: good })).to.be.empty;
    const bad = [
      "http://app.localhost/cb",
      "http://192.168.1.10/cb",
      "http://app.test/cb",
      "http://127.0.0.2/cb",
      "http://0.0.0.0/cb",
      "app:/cb",
      "ledger://cb",
      "javascript:alert(1)",
      "data:text/html,x",
      "com.example.app:/cb#x",
      "com.example.app:/*",
    ];
    for (const address of bad) {
      expect(faultsOf({ ...native, redirectUris: [address] }), address).to.deep.equal(["redirectUris"]);
    }
  });

  it("T78 wants an address to come back to of every application that signs people in, and none of a machine", () => {
    for (const type of ["web", "native", "browser"]) {
      expect(faultsOf({ type, redirectUris: [] }), type).to.deep.equal(["redirectUris"]);
    }
    expect(faultsOf({ type: "machine" })).to.deep.equal(["redirectUris"]);
    expect(faultsOf({ type: "machine", redirectUris: [] })).to.be.empty;
  });

  it("T78 takes at most 20 addresses of at most 2000 characters", () => {
    const many = Array.from({ length: 21 }, (_, index) => `https://app.test/${String(index)}`);
    expect(faultsOf({ redirectUris: many })).to.deep.equal(["redirectUris"]);
    expect(faultsOf({ homeUrl: `https://app.test/${"x".repeat(2_000)}` })).to.deep.equal(["homeUrl"]);
  });
});
