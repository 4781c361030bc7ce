import { expect } from "chai";
import { newApplicationSchema } from "../../../src/domain/applications/application.ts";
import { officeSettingsSchema } from "../../../src/domain/offices/office-settings.ts";
import { cookieValue, plainFileName } from "../../../src/platform/web/header-values.ts";
import { settingsSchema } from "../../../src/server/settings/settings-schema.ts";
import { asOwner } from "../../support/database.ts";
import type { Page } from "../../support/http-browser.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Every character that an address may have in its host, as a browser reads it, besides those of a host name. */
const STRANGE = Array.from({ length: 0x17f - 0x21 }, (_, index) => String.fromCodePoint(0x21 + index))
  .map((character) => ({ character, url: `https://a${character}sandbox.test/logo.png` }))
  .filter(
    ({ url }) => URL.canParse(url) && /^https:\/\/a[^/]*sandbox\.test\/logo\.png$/.test(new URL(url).href),
  )
  .filter(({ url }) => /[^a-z0-9.-]/.test(new URL(url).hostname));

const PLAIN = [
  "https://cdn.test/logo.png",
  "https://cdn.test:8443/logo.png",
  "https://xn--bcher-kva.test/logo.png",
  "https://192.0.2.7/logo.png",
  "https://[2001:db8::7]:8443/logo.png",
];

/** The names of the directives of a policy, as a browser reads it: `;` ends a directive, `,` ends a policy. */
const directivesOf = ({ headers }: Page): string[] =>
  String(headers["content-security-policy"])
    .split(/[;,]/)
    .map((directive) => directive.trim().split(" ")[0] ?? "");

const imagesOf = ({ headers }: Page): string[] =>
  /img-src ([^;]*)/.exec(String(headers["content-security-policy"]))?.[1]?.split(" ") ?? [];

describe("a host in a header", () => {
  const world = useVestibule({ office: {} });

  /** The password page, with this logo of the office and of the application, as rows of an earlier release may have it. */
  async function pageWith(logoUrl: string): Promise<Page> {
    const { office, database, services } = world;
    await asOwner(database, "update offices set logo_url = $2 where id = $1", [office.id, logoUrl]);
    const draft = newApplicationSchema.parse({
      name: "Ledger",
      type: "web",
      redirectUris: ["https://app.test/cb"],
    });
    const { application } = await services.applicationService.add({ ...draft, logoUrl }, null, "test");
    const of = { id: application.id, secret: null, redirectUri: "https://app.test/cb", application };
    return openSignIn(world.browser(), world.request({ office: office.code }, of));
  }

  it("T129 is known to be able to hold more than letters: a browser takes each of these", () => {
    expect(STRANGE.map(({ character }) => character)).to.include.members([";", ",", "'", "*", "_"]);
  });

  it("T129 adds nothing to the content policy, whatever a stored logo has in it", async () => {
    const plain = directivesOf(await pageWith("https://cdn.test/logo.png"));
    for (const { url } of STRANGE) {
      const page = await pageWith(url);
      expect([page.status, directivesOf(page)], url).to.deep.equal([200, plain]);
      expect(imagesOf(page), url).to.deep.equal(["'self'", "data:"]);
    }
  });

  it("T129 is allowed for images when it is a plain one, with its port", async () => {
    for (const url of PLAIN) {
      expect(imagesOf(await pageWith(url)), url).to.include(new URL(url).origin);
    }
    expect(imagesOf(await pageWith("https://bücher.test/logo.png"))).to.include("https://xn--bcher-kva.test");
  });
});

describe("an address that someone enters", () => {
  const refused = (parsed: { success: boolean }) => !parsed.success;
  const web = { name: "Ledger", type: "web", redirectUris: ["https://app.test/cb"] };
  const pairwise = { pairwise: true };
  const keys = { authentication: "private_key_jwt" };
  const browser = { ...web, type: "browser" };

  /** Every field in which an address is stored. */
  const ENTRIES: Readonly<Record<string, (url: string) => { success: boolean }>> = {
    "the privacy page of an office": (url) => officeSettingsSchema.safeParse({ version: 1, privacyUrl: url }),
    "its terms of use": (url) => officeSettingsSchema.safeParse({ version: 1, termsUrl: url }),
    "its imprint": (url) => officeSettingsSchema.safeParse({ version: 1, imprintUrl: url }),
    "the logo of an application": (url) => newApplicationSchema.safeParse({ ...web, logoUrl: url }),
    "its home page": (url) => newApplicationSchema.safeParse({ ...web, homeUrl: url }),
    "a redirect address": (url) => newApplicationSchema.safeParse({ ...web, redirectUris: [url] }),
    "a redirect address after signing out": (url) =>
      newApplicationSchema.safeParse({ ...web, postLogoutRedirectUris: [url] }),
    "the address for back-channel logout": (url) =>
      newApplicationSchema.safeParse({ ...web, backchannelLogoutUri: url }),
    "the address of its keys": (url) => newApplicationSchema.safeParse({ ...web, ...keys, jwksUri: url }),
    "its sector": (url) => newApplicationSchema.safeParse({ ...web, ...pairwise, sectorIdentifierUri: url }),
    "an origin": (url) =>
      newApplicationSchema.safeParse({ ...browser, corsOrigins: [url.replace(/\/logo.png$/, "")] }),
    "a resource": (url) => newApplicationSchema.safeParse({ ...web, resources: [url] }),
    "the issuer": (url) => settingsSchema.safeParse({ VESTIBULE_ISSUER: url.replace(/\/logo.png$/, "") }),
  };

  for (const [entry, parse] of Object.entries(ENTRIES)) {
    it(`T129 is refused as ${entry} when its host has other characters than a host name has`, () => {
      expect(PLAIN.filter((url) => refused(parse(url)))).to.deep.equal([]);
      expect(STRANGE.filter(({ url }) => !refused(parse(url)))).to.deep.equal([]);
    });
  }
});

describe("other values in headers", () => {
  it("T129 make a cookie without attributes of their own, or none at all", () => {
    for (const value of ["NOORD", "en", "", "aB3_-.~"]) {
      expect(cookieValue(value)).to.equal(value);
    }
    for (const value of ["a; Domain=evil.test", "a,b", "a b", 'a"b', "a\r\nX: y", "bücher"]) {
      expect(() => cookieValue(value), value).to.throw("character that ends it");
    }
  });

  it("T129 make a file name that ends where it is meant to", () => {
    expect(plainFileName("users-noord.csv")).to.equal("users-noord.csv");
    expect(plainFileName('a"; filename="b.exe\r\n/../ü')).to.match(/^[\w.-]+$/);
  });
});
