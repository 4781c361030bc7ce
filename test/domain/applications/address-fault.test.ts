import { expect } from "chai";
import { addressFault, describeAddressFault } from "../../../src/domain/applications/address-fault.ts";
import {
  ADDRESS_RULES,
  originJudge,
  redirectJudge,
  webJudge,
  type Judge,
} from "../../../src/domain/applications/application-addresses.ts";
import { applicationSchema } from "../../../src/domain/applications/application.ts";

const PRODUCTION = { isDevelopment: false };
const web = redirectJudge("web", PRODUCTION);
const native = redirectJudge("native", PRODUCTION);
const origin = originJudge(PRODUCTION);

type Row = readonly [wrong: string, rule: string, nearest: string | null];

const WEB: readonly Row[] = [
  ["", "incomplete", null],
  ["/cb", "incomplete", null],
  ["app.test/cb", "incomplete", "https://app.test/cb"],
  ["//app.test:8443/cb?x=1", "incomplete", "https://app.test:8443/cb?x=1"],
  ["app.test:8443/cb", "scheme", "https://app.test:8443/cb"],
  ["localhost:3000/cb", "scheme", "http://localhost:3000/cb"],
  ["https://app.test/ cb", "characters", "https://app.test/cb"],
  [" https://app.test/cb\r\n", "characters", "https://app.test/cb"],
  ["https://app.test\\cb", "characters", "https://app.test/cb"],
  ["https:\\\\app.test\\cb", "characters", "https://app.test/cb"],
  ["https://app.test/cb\u0000", "characters", "https://app.test/cb"],
  ["https://*.app.test/cb", "wildcard", null],
  ["https://app.test/*", "wildcard", null],
  ["https://app.test/cb#", "fragment", "https://app.test/cb"],
  ["https://app.test/#/cb", "fragment", "https://app.test/"],
  ["https://me:pw@app.test/cb", "user-name", "https://app.test/cb"],
  ["https://@app.test/cb", "user-name", "https://app.test/cb"],
  ["javascript:alert(1)//", "scheme", null],
  ["javascript://app.test/%0aalert(1)", "scheme", null],
  ["data:text/html,x", "scheme", null],
  ["file:///etc/passwd", "scheme", null],
  ["com.example.ledger:/cb", "scheme", null],
  ["ftp://app.test/cb", "scheme", "https://app.test/cb"],
  ["http://app.test/cb", "https", "https://app.test/cb"],
  ["http://APP.test:80/cb", "https", "https://app.test/cb"],
  ["http://192.168.1.10/cb", "https", "https://192.168.1.10/cb"],
  ["http://app.localhost:3000/cb", "https", "https://app.localhost:3000/cb"],
  ["https://app;x.test/cb", "host", null],
  ["https://app.test./cb", "trailing-dot", "https://app.test/cb"],
  ["https://app.test.:443", "trailing-dot", "https://app.test"],
  ["https://app.test/a/../cb", "spelling", "https://app.test/cb"],
  ["https://app.test/%2e%2e/cb", "spelling", "https://app.test/cb"],
  ["https://app.test/büro", "spelling", "https://app.test/b%C3%BCro"],
  ["https://a%70p.test/cb", "spelling", "https://app.test/cb"],
  ["https://ａｐｐ.test/cb", "spelling", "https://app.test/cb"],
  ["https:app.test/cb", "spelling", "https://app.test/cb"],
  ["http://127.1:3000/cb", "spelling", "http://127.0.0.1:3000/cb"],
  ["http://2130706433/cb", "spelling", "http://127.0.0.1/cb"],
  ["http://0x7f.1/cb", "spelling", "http://127.0.0.1/cb"],
  ["http://[0:0:0:0:0:0:0:1]/cb", "spelling", "http://[::1]/cb"],
  ["http://me@APP.test./a/../cb#x", "fragment", "https://app.test/cb"],
];

const NATIVE: readonly Row[] = [
  ["app:/cb", "private-scheme", "com.example.app:/cb"],
  ["Ledger://cb", "private-scheme", "com.example.ledger:/cb"],
  ["com.example.ledger:/cb#x", "fragment", "com.example.ledger:/cb"],
  ["com.example.ledger:/*", "wildcard", null],
  ["javascript:alert(1)", "private-scheme", null],
  ["data:text/html,x", "private-scheme", null],
  ["file:///etc/passwd", "private-scheme", null],
  ["http://127.0.0.2:7777/cb", "loopback", "http://127.0.0.1:7777/cb"],
  ["http://0.0.0.0/cb", "loopback", "http://127.0.0.1/cb"],
  ["http://[::]:7777/cb", "loopback", "http://127.0.0.1:7777/cb"],
  ["http://app.localhost/cb", "loopback", "https://app.localhost/cb"],
  ["http://app.test/cb", "loopback", "https://app.test/cb"],
];

const ORIGIN: readonly Row[] = [
  ["https://app.test/", "origin", "https://app.test"],
  ["https://app.test/cb?x", "origin", "https://app.test"],
  ["http://app.test", "https", "https://app.test"],
  ["null", "incomplete", null],
  ["*", "wildcard", null],
  ["https://*.app.test", "wildcard", null],
  ["https://app.test#", "fragment", "https://app.test"],
];

describe("a wrong address of an application", () => {
  for (const [of, judge, rows] of [
    ["a web application", web, WEB],
    ["a native application", native, NATIVE],
    ["the origins of a browser application", origin, ORIGIN],
  ] as const) {
    for (const [wrong, rule, nearest] of rows) {
      it(`T78 of ${of} is refused by its rule, with the nearest right one: ${JSON.stringify(wrong)}`, () => {
        const fault = addressFault(wrong, judge);
        expect(fault).to.deep.equal({ rule, address: wrong, nearest });
      });
    }
  }

  it("has a nearest one that is right, or none", () => {
    const all: readonly [Judge, readonly Row[]][] = [
      [web, WEB],
      [native, NATIVE],
      [origin, ORIGIN],
    ];
    for (const [judge, rows] of all) {
      for (const [wrong, , nearest] of rows) {
        expect(nearest === null ? null : judge(nearest), wrong).to.equal(null);
      }
    }
  });

  it("breaks each rule in one of these rows", () => {
    const seen = new Set([...WEB, ...NATIVE, ...ORIGIN].map(([, rule]) => rule));
    expect([...ADDRESS_RULES].filter((rule) => !seen.has(rule))).to.deep.equal([]);
  });

  it("is described with itself, the rule and the nearest", () => {
    const fault = addressFault("http://app.test/cb", web);
    expect(fault === null ? "" : describeAddressFault(fault)).to.equal(
      "http://app.test/cb must start with https:// (http:// is for localhost, 127.0.0.1 and [::1] alone); the nearest is https://app.test/cb",
    );
  });
});

describe("addresses on a development server", () => {
  const judges = {
    web: redirectJudge("web", { isDevelopment: true }),
    called: webJudge({ isDevelopment: true }),
  };

  it("may have plain http at names of this computer and in private networks", () => {
    for (const address of [
      "http://app.localhost:3000/cb",
      "http://a.b.localhost/cb",
      "http://10.0.0.1/cb",
      "http://172.16.0.1/cb",
      "http://172.31.255.254:8080/cb",
      "http://192.168.178.20:3000/cb",
      "http://169.254.10.20/cb",
      "http://[fd12:3456::1]:3000/cb",
      "http://[fe80::1]/cb",
    ]) {
      expect([judges.web(address), judges.called(address)], address).to.deep.equal([null, null]);
      expect(web(address), `${address} in production`).to.equal("https");
    }
  });

  it("T143 have https everywhere else, also where a name or number only begins like them", () => {
    for (const address of [
      "http://app.test/cb",
      "http://localhost.evil.test/cb",
      "http://evillocalhost/cb",
      "http://10.0.0.1.evil.test/cb",
      "http://11.0.0.1/cb",
      "http://172.15.255.255/cb",
      "http://172.32.0.1/cb",
      "http://192.169.0.1/cb",
      "http://169.255.0.1/cb",
      "http://100.64.0.1/cb",
      "http://127.0.0.2/cb",
      "http://0.0.0.0/cb",
      "http://[fc00::1]/cb",
      "http://[2001:db8::1]/cb",
    ]) {
      expect(judges.web(address), address).to.equal("https");
    }
    for (const address of ["http://167772161/cb", "http://0xa.1/cb", "http://192.168.257/cb"]) {
      expect(judges.web(address), address).to.equal("spelling");
    }
  });

  it("are those of web and browser applications, and of no native one", () => {
    const draft = (type: string, address: string) => ({ name: "Ledger", type, redirectUris: [address] });
    const { safeParse } = applicationSchema({ isDevelopment: true });
    for (const address of ["http://app.localhost:3000/cb", "http://192.168.1.10/cb"]) {
      expect(safeParse(draft("web", address)).success, address).to.equal(true);
      expect(safeParse(draft("browser", address)).success, address).to.equal(true);
      expect(safeParse(draft("native", address)).success, address).to.equal(false);
      expect(applicationSchema(PRODUCTION).safeParse(draft("web", address)).success, address).to.equal(false);
    }
  });
});
