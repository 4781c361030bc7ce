import { expect } from "chai";
import { newApplicationSchema } from "../../../src/domain/applications/application.ts";
import { KNOWN_CLIENTS, registrationOf } from "../../../src/domain/applications/known-clients.ts";
import { DEFAULT_ALGORITHM } from "../../../src/domain/applications/application-settings.ts";
import { send } from "../../support/account.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** What a browser sends of a form in which nothing was changed. */
const UNTOUCHED: Readonly<Record<string, string>> = {
  ...{ client: "", address: "", name: "", type: "web", redirectUris: "", postLogoutRedirectUris: "" },
  ...{ corsOrigins: "", consent: "never", homeUrl: "", logoUrl: "", backchannelLogoutUri: "" },
  ...{ claimsIn: "userinfo", usernames: "office", addresses: "proved", refreshTokens: "kept" },
  idTokenAlgorithm: DEFAULT_ALGORITHM,
};
const AT = "https://ledger.test";

describe("an application that the console adds for a widely used client", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  let visit: ReturnType<typeof atConsole> | undefined;
  beforeEach(() => {
    visit = undefined;
  });

  for (const client of KNOWN_CLIENTS) {
    it(`${client.name}: has what the table says, whatever the kind says`, async () => {
      const chosen = registrationOf(client, AT);
      const own = client.type === "machine" || chosen.redirectUris !== undefined ? "" : `${AT}/own`;
      const type = client.type === "machine" ? "web" : "machine";
      const page = await add({ client: client.name, address: AT, redirectUris: own, type });
      const expected = newApplicationSchema.parse({
        ...{ name: client.title, firstParty: true, ...chosen },
        ...(own === "" ? {} : { redirectUris: [own] }),
      });
      expect(page.status).to.equal(200);
      expect(await only()).to.deep.include(expected);
    });
  }

  it("shows what to set on the client's side, and its snippet before all others", async () => {
    const grafana = await add({ client: "grafana", address: AT });
    expect(grafana.body).to.contain("use_pkce = true").and.contain(`${AT}/login/generic_oauth`);
    const spring = await add({ client: "spring", address: AT });
    const first = /<details open>\s*<summary>([^<]+)</.exec(spring.body)?.[1];
    expect(first).to.equal("Spring Security");
    expect(spring.body.match(/<details open>/g), "the others are closed").to.have.length(1);
    const others = /<details class="others">.*?<\/section>/s.exec(spring.body)?.[0] ?? "";
    expect(others, "the others are one list").to.contain("<summary>Passport<");
    expect(others).to.not.contain("<summary>Spring Security<");
  });

  it("keeps every field that was typed", async () => {
    const typed = { name: "Ours", redirectUris: `${AT}/other`, backchannelLogoutUri: `${AT}/out` };
    const own = { claimsIn: "idToken", idTokenAlgorithm: "ES256", consent: "asked" };
    await add({ ...typed, ...own, client: "spring", address: AT });
    expect(await only()).to.deep.include({
      ...{ name: "Ours", redirectUris: [`${AT}/other`], postLogoutRedirectUris: [`${AT}/`] },
      ...{ backchannelLogoutUri: `${AT}/out`, idTokenClaims: true, idTokenAlgorithm: "ES256" },
      firstParty: false,
    });
  });

  it("needs no address where its own redirect addresses are typed", async () => {
    expect((await add({ client: "spring", redirectUris: `${AT}/x` })).status).to.equal(200);
    expect((await only()).redirectUris).to.deep.equal([`${AT}/x`]);
  });

  for (const client of KNOWN_CLIENTS.filter(({ redirectPath }) => redirectPath !== undefined)) {
    it(`${client.name}: without an address names the path that it comes back to, at that field`, async () => {
      const page = await add({ client: client.name });
      expect(wrongAt(page.body, "address")).to.contain(client.redirectPath).and.contain(client.title);
      expect(page.body).to.not.contain('href="#redirectUris"');
    });
  }

  const faults: readonly (readonly [string, string, Record<string, string>])[] = [
    ["an address without a scheme", "address", { client: "spring", address: "ledger.test" }],
    ["an address with a query", "address", { client: "spring", address: `${AT}/?a=1` }],
    ["an address with a fragment", "address", { client: "spring", address: `${AT}/#a` }],
    ["an address of plain http", "address", { client: "grafana", address: "http://ledger.test" }],
    ["an address of another scheme", "address", { client: "oidc-client-ts", address: "ftp://ledger.test" }],
    ["an address that belongs to no client", "address", { address: AT, redirectUris: `${AT}/cb` }],
    ["a client that is not known", "client", { client: "winter", address: AT }],
    ["a wrong redirect URI", "redirectUris", { client: "spring", address: AT, redirectUris: "ledger" }],
    ["no redirect URI, of a client that has none", "redirectUris", { client: "passport", address: AT }],
  ];
  for (const [what, field, typed] of faults) {
    it(`is refused with ${what}, at the field where it is mended, and everything is still there`, async () => {
      const page = await add({ name: "Ledger", ...typed });
      expect([
        page.status,
        [...page.body.matchAll(/class="wrong" id="(\w+)-error"/g)].map(([, at]) => at),
      ]).to.deep.equal([400, [field]]);
      for (const value of Object.values({ name: "Ledger", ...typed }).filter((one) => one !== "winter")) {
        expect(page.body).to.contain(value);
      }
      expect(await all()).to.deep.equal([]);
    });
  }

  it("is something else where nothing is chosen, and then the kind counts", async () => {
    expect((await add({ name: "Nightly export", type: "machine" })).status).to.equal(200);
    expect(await only()).to.include({ type: "machine", name: "Nightly export" });
    const form = await open();
    expect(form.page.body).to.contain(catalogueOf("en")["console.application.client.none"] ?? "?");
  });

  async function open() {
    visit ??= atConsole(vestibule, staff);
    const { browser } = await visit;
    return { browser, page: await browser.get(`/console/o/${office.code}/applications/add`) };
  }
  async function add(typed: Record<string, string>) {
    const { browser, page } = await open();
    return send(browser, page, { ...UNTOUCHED, ...typed, attempt: hiddenField(page, "attempt") });
  }
  const all = () => services.applications.ofOffice(office.id, { after: ["", ""], limit: 9 });
  async function only() {
    const [application, ...others] = await all();
    return application === undefined || others.length > 0 ? expect.fail("not one application") : application;
  }
});

/** The message at a field, as its page has it. */
const wrongAt = (body: string, field: string): string =>
  new RegExp(`id="${field}-error">([\\s\\S]*?)</p>`).exec(body)?.[1] ?? "";
