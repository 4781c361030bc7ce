import { expect } from "chai";
import { isAmong, normalAddress, normalOrigin } from "../../../src/domain/applications/normal-address.ts";
import { seeded } from "../../support/seeded.ts";

/** Spellings of one address: what RFC 3986 sections 6.2.2.1 and 6.2.3 and every browser call equal. */
const EQUAL = {
  "https://app.test/cb": [
    "https://app.test:443/cb",
    "https://app.test:0443/cb",
    "https://app.test:/cb",
    "HTTPS://app.test/cb",
    "https://APP.Test/cb",
    "HTTPS://APP.TEST:443/cb",
  ],
  "https://app.test/": ["https://app.test", "https://app.test:443", "HTTPS://APP.TEST"],
  "https://app.test/?tenant=1": ["https://app.test?tenant=1", "https://app.test:443?tenant=1"],
  "https://app.test/cb?a=B%2f&c": ["https://APP.test/cb?a=B%2f&c"],
  "https://app.test:8443/cb": ["https://app.test:08443/cb"],
  "http://localhost/cb": ["http://localhost:80/cb", "HTTP://LocalHost/cb"],
  "https://xn--bcher-kva.test/cb": [
    "https://bücher.test/cb",
    "https://BÜCHER.test/cb",
    "https://bu\u0308cher.test:443/cb",
    "https://XN--BCHER-KVA.test/cb",
  ],
  "https://xn--fa-hia.test/": ["https://faß.test"],
  "https://xn--bcher-kva.xn--mgbh0fb.test/": ["https://xn--bcher-kva.مثال.test/"],
  "http://[fd00::1]/cb": ["http://[FD00::1]/cb", "http://[fd00::1]:80/cb"],
  "com.example.ledger:/cb": ["COM.example.Ledger:/cb"],
  "com.example.ledger://Host/cb": ["Com.Example.Ledger://Host/cb"],
};

/** Addresses that look alike and are different: by their path or query, or because parsers disagree about them. */
const DIFFERENT = [
  "https://app.test/cb/",
  "https://app.test//cb",
  "https://app.test/CB",
  "https://app.test/%63b",
  "https://app.test/cb%2f",
  "https://app.test/cb?",
  "https://app.test/cb?x=1",
  "https://app.test/cb;x",
  "https://app.test:8443/cb",
  "http://app.test/cb",
  "http://app.test:443/cb",
  "https://app.test:80/cb",
  "https://app.test./cb",
  "https://app.test.evil.test/cb",
  "https://аpp.test/cb", // the first letter is Cyrillic
];
const NONE = [
  "",
  "/cb",
  "//app.test/cb",
  "app.test/cb",
  "https:app.test/cb",
  "https:/app.test/cb",
  "https:///app.test/cb",
  "https:\\\\app.test\\cb",
  "https://app.test\\cb",
  "https://app.test\\@evil.test/cb",
  " https://app.test/cb",
  "https://app.test/cb ",
  "https://app.test/c b",
  "https://app.test/cb\n",
  "https://app\t.test/cb",
  "https://app.test/cb\u0000",
  "https://app.test/cb\u200b",
  "https://app\u200b.test/cb",
  "https://app\u00ad.test/cb",
  "https://ａｐｐ.test/cb",
  "https://app。test/cb",
  "https://a%70p.test/cb",
  "https://app.test%2fcb",
  "https://app.test/cb#",
  "https://app.test/cb#x",
  "https://@app.test/cb",
  "https://:@app.test/cb",
  "https://me@app.test/cb",
  "https://app.test@evil.test/cb",
  "https://app.test/./cb",
  "https://app.test/a/../cb",
  "https://app.test/%2e%2e/cb",
  "https://app.test/ü",
  "https://app.test/cb?ü",
  'https://app.test/"',
  "https://app.test:port/cb",
  "https://app.test:99999/cb",
  "http://127.1/cb",
  "http://0x7f.0.0.1/cb",
  "http://0177.0.0.1/cb",
  "http://2130706433/cb",
  "http://127.0.0.1./cb",
  "http://[0:0:0:0:0:0:0:1]/cb",
  "http://[::127.0.0.1]/cb",
  "http://[::1%25lo]/cb",
  "com.example.ledger:/a/../cb",
  "com.example.ledger:/c b",
];

describe("T143 the normal form of an address", () => {
  for (const [normal, spellings] of Object.entries(EQUAL)) {
    it(`is ${normal} for each of its spellings, and for itself`, () => {
      for (const spelling of [normal, ...spellings]) {
        expect(normalAddress(spelling), spelling).to.equal(normal);
        expect(new URL(spelling).href, `${spelling} in a browser`).to.equal(normal);
      }
    });
  }

  it("differs where path, query, port or host do", () => {
    for (const other of DIFFERENT) {
      expect(normalAddress(other), other).to.be.a("string").and.not.equal("https://app.test/cb");
    }
  });

  for (const address of NONE) {
    it(`is none for ${JSON.stringify(address)}, which parsers may read differently`, () => {
      expect(normalAddress(address)).to.equal(null);
    });
  }

  it("of an origin has no slash", () => {
    for (const origin of ["https://app.test", "https://APP.test:443"]) {
      expect(normalOrigin(origin)).to.equal("https://app.test");
    }
    expect(normalOrigin("https://bücher.test:8443")).to.equal("https://xn--bcher-kva.test:8443");
    expect(normalOrigin("https://app.test/")).to.equal("https://app.test/");
    expect(normalOrigin("null")).to.equal(null);
  });
});

describe("T143 two addresses that count as the same", () => {
  const { seed, next } = seeded();
  const any = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(next() * of.length)] ?? of[0];
  const piece = () =>
    any([
      ...(["https://", "HTTPS://", "http://", "https:", "https:/", "//", "com.example.ledger:/"] as const),
      ...[
        "app.test",
        "APP.test",
        "app.test.",
        "bücher.test",
        "xn--bcher-kva.test",
        "127.0.0.1",
        "127.1",
        "[::1]",
      ],
      ...[
        ":443",
        ":80",
        ":0443",
        ":",
        ":8443",
        "@",
        "@evil.test",
        "evil.test",
        "me:pw@",
        "%61",
        "%2e",
        "%2f",
      ],
      ...[
        "/",
        "//",
        "/cb",
        "/CB",
        "/.",
        "/..",
        "/../cb",
        "\\",
        "?",
        "?x=1",
        "&y",
        "#",
        "#x",
        ";",
        "ü",
        "u\u0308",
      ],
      ...[" ", "\t", "\n", "\u0000", "\u00ad", "\u200b", "。", "ａ", "K", "İ", "ß", "*", "|", "'", '"'],
    ]);
  const schemeAndHost = () =>
    any(["https://app.test", "https://bücher.test", "http://127.0.0.1", "com.example.ledger:"]);
  const made = () =>
    `${any([schemeAndHost(), ""])}${Array.from({ length: Math.ceil(next() * 5) }, piece).join("")}`;
  /** The same characters in another case, at one place. */
  const recased = (text: string) => {
    const at = Math.floor(next() * text.length);
    const letter = text.charAt(at);
    const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
  };

  it(`are one address for a browser, with the same path and query (seed ${String(seed)})`, () => {
    let equal = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const one = made();
      const other = any([recased(one), one.replace("/", ":443/"), one.replace("app", "a%70p"), made()]);
      const [normal, otherNormal] = [normalAddress(one), normalAddress(other)];
      if (normal !== null) {
        expect(normalAddress(normal), one).to.equal(normal);
        expect(new URL(one).href, one).to.equal(normal);
        equal += normal === otherNormal && one !== other ? expectSame(one, other) : 0;
      }
    }
    expect(equal, "pairs that differ and count as the same").to.be.greaterThan(100);
  });

  const expectSame = (one: string, other: string) => {
    expect(new URL(other).href, `${one} and ${other}`).to.equal(new URL(one).href);
    expect(pathOf(other), `${one} and ${other}`).to.equal(pathOf(one));
    return 1;
  };

  /** Path and query as they were written; none is `/`. */
  const pathOf = (address: string) => {
    const rest = /^[^:]*:(?:\/\/[^/?]*)?(.*)$/s.exec(address)?.[1] ?? "";
    return rest === "" || rest.startsWith("?") ? `/${rest}` : rest;
  };
});

describe("the registered addresses of an application", () => {
  const among = (registered: string, sent: string, anyPort: boolean) =>
    isAmong([registered], sent, { anyPort });

  it("T79 have any port at 127.0.0.1 and [::1] for a native application, and their own for others", () => {
    for (const host of ["127.0.0.1", "[::1]"]) {
      for (const registered of [`http://${host}/cb`, `http://${host}:7777/cb`]) {
        const ports = [`http://${host}:49152/cb`, `http://${host}/cb`, `HTTP://${host}:80/cb`];
        expect(ports.map((sent) => among(registered, sent, true))).to.deep.equal([true, true, true]);
        expect(among(registered, `http://${host}:49152/cb`, false), registered).to.equal(false);
      }
    }
    expect(among("http://127.0.0.1", "http://127.0.0.1:49152", true)).to.equal(true);
  });

  it("T79 have their own port at localhost, which may lead elsewhere", () => {
    for (const sent of ["http://localhost:8000", "http://localhost:8000/", "HTTP://LOCALHOST:8000"]) {
      expect(among("http://localhost:8000", sent, true), sent).to.equal(true);
    }
    for (const sent of ["http://localhost:8001", "http://localhost", "http://127.0.0.1:8000"]) {
      expect(among("http://localhost:8000", sent, true), sent).to.equal(false);
    }
  });

  it("T79 free no port of another host, scheme or path", () => {
    for (const sent of [
      "http://127.0.0.1:49152/",
      "http://127.0.0.1:49152/cb/",
      "http://127.0.0.2:49152/cb",
      "https://127.0.0.1:49152/cb",
      "http://127.0.0.1:49152@evil.test/cb",
      "http://evil.test/http://127.0.0.1:49152/cb",
      "http://127.0.0.1.evil.test:49152/cb",
    ]) {
      expect(among("http://127.0.0.1/cb", sent, true), sent).to.equal(false);
    }
    expect(among("https://app.test/cb", "https://app.test:8443/cb", true)).to.equal(false);
  });
});
