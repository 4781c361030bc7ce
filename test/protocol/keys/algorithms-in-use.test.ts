import { expect } from "chai";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from "jose";
import { newApplicationSchema } from "../../../src/domain/applications/application.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { DAY, travel } from "../../support/time.ts";
import { tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { startServices } from "../../support/vestibule.ts";

describe("the algorithms that applications have chosen", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  const other = useOtherProcess(vestibule);

  const here = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const there = () => new HttpBrowser(vestibule.issuer, other.port);

  const keysAt = async (browser: HttpBrowser) =>
    JSON.parse((await browser.get("/jwks")).body) as JSONWebKeySet;
  const publishedAt = async (browser: HttpBrowser) =>
    (await keysAt(browser)).keys.map(({ alg }) => alg).sort();
  const discoveredAt = async (browser: HttpBrowser) =>
    (JSON.parse((await browser.get("/.well-known/openid-configuration")).body) as Record<string, unknown>)[
      "id_token_signing_alg_values_supported"
    ];

  /** Signs in at one process, and checks the ID token by the keys that the other publishes at that moment. */
  async function signedAt(browser: HttpBrowser, checkedAt: HttpBrowser, application: TestApplication) {
    const { id } = await tokensFor(browser, application, vestibule.user);
    await jwtVerify(id, createLocalJWKSet(await keysAt(checkedAt)));
    return decodeProtectedHeader(id).alg;
  }

  it("are RS256 alone at first, which is signed with unless an application chooses another", async () => {
    for (const browser of [here(), there()]) {
      expect(await publishedAt(browser)).to.deep.equal(["RS256"]);
      expect(await discoveredAt(browser)).to.deep.equal(["RS256"]);
    }
    expect(await signedAt(here(), there(), vestibule.application)).to.equal("RS256");
  });

  for (const [place, algorithm] of (["ES256", "EdDSA", "PS256"] as const).entries()) {
    it(`get their key with the first application that chooses ${algorithm}, and both processes have it before they sign`, async () => {
      expect(await publishedAt(here())).to.not.include(algorithm);
      const application = await vestibule.makeApplication({ idTokenAlgorithm: algorithm });
      const [first, second] = place === 0 ? [there, here] : [here, there];
      expect(await signedAt(first(), second(), application)).to.equal(algorithm);
      expect(await signedAt(second(), first(), application)).to.equal(algorithm);
      expect(await publishedAt(there())).to.include(algorithm);
      expect(await discoveredAt(there())).to.include(algorithm);
    });
  }

  it("get one key when two processes register their first applications at the same moment", async () => {
    await asOwner(vestibule.database, "delete from signing_keys where algorithm = 'EdDSA'");
    await Promise.all([1, 2, 3].map(() => vestibule.makeApplication({ idTokenAlgorithm: "EdDSA" })));
    const keys = await asOwner(vestibule.database, "select from signing_keys where algorithm = 'EdDSA'");
    expect(keys).to.have.lengthOf(1);
  });
});

describe("an application that changes its algorithm", () => {
  const vestibule = useVestibule({ user: {} });
  const other = useOtherProcess(vestibule);

  it("is signed for with a key that every process publishes already", async () => {
    const made = await makeApplication(vestibule.services);
    const browsers = [vestibule.settings.port, other.port].map(
      (port) => new HttpBrowser(vestibule.issuer, port),
    );
    const signed = async () =>
      Promise.all(
        browsers.map(async (browser, place) => {
          const { id } = await tokensFor(browser.fresh(), made, vestibule.user);
          const answer = await (browsers[1 - place] ?? browser).get("/jwks");
          await jwtVerify(id, createLocalJWKSet(JSON.parse(answer.body) as JSONWebKeySet));
          return decodeProtectedHeader(id).alg;
        }),
      );
    expect(await signed()).to.deep.equal(["RS256", "RS256"]);
    const draft = newApplicationSchema.parse({ ...made.application, idTokenAlgorithm: "ES256" });
    await vestibule.services.applicationService.change(made.application, draft, "test");
    // Each process hears of the change by a notification.
    await eventually(signed, (algorithms) => algorithms.every((algorithm) => algorithm === "ES256"));
  });
});

describe("the key of an algorithm that no application has any more", () => {
  const { services, database } = useServicesWithKeys();
  const nothing = () => Promise.resolve();
  const keys = () => services().signingKeys;
  const statesOf = async (algorithm: string) =>
    (await keys().list())
      .filter((key) => key.algorithm === algorithm)
      .map(({ id, state }) => ({ id, state }));

  async function choose({ application }: TestApplication, idTokenAlgorithm: string): Promise<void> {
    const draft = newApplicationSchema.parse({ ...application, idTokenAlgorithm });
    await services().applicationService.change(application, draft, "test");
  }

  it("stays published for its last tokens, is not rotated, and is removed after four days", async () => {
    const application = await makeApplication(services(), { idTokenAlgorithm: "EdDSA" });
    const [made] = await statesOf("EdDSA");
    await choose(application, "RS256");
    await keys().rotateDue(90, nothing);
    expect(await statesOf("EdDSA")).to.deep.equal([{ id: made?.id, state: "retired" }]);
    await keys().rotate(nothing);
    expect(await statesOf("EdDSA"), "rotated by hand").to.have.lengthOf(1);
    travel(3.9 * DAY);
    expect(await statesOf("EdDSA")).to.have.lengthOf(1);
    travel(0.2 * DAY);
    expect(await statesOf("EdDSA")).to.have.lengthOf(0);
  });

  it("signs again when an application chooses it in these days, since every client may have it", async () => {
    const application = await makeApplication(services(), { idTokenAlgorithm: "EdDSA" });
    const before = await statesOf("EdDSA");
    await choose(application, "RS256");
    await keys().rotateDue(90, nothing);
    await choose(application, "EdDSA");
    expect(await statesOf("EdDSA")).to.deep.equal(before);
    await keys().rotateDue(90, nothing);
    expect(await statesOf("EdDSA")).to.deep.equal(before);
  });

  it("is RS256's never: its key is there without any application", async () => {
    await keys().rotateDue(90, nothing);
    expect((await statesOf("RS256")).map(({ state }) => state)).to.deep.equal(["current"]);
  });

  it("is made at the start when it lacks, as after a restored dump of an older release", async () => {
    await makeApplication(services(), { idTokenAlgorithm: "PS256" });
    await asOwner(database(), "delete from signing_keys where algorithm = 'PS256'");
    await keys().load();
    expect((await statesOf("PS256")).map(({ state }) => state)).to.deep.equal(["current"]);
  });
});

/** Services of each test's own, on an installation that has started once. */
function useServicesWithKeys() {
  let started: Awaited<ReturnType<typeof startServices>> | null = null;
  const the = () => started ?? raise();
  beforeEach(async () => {
    started = await startServices();
    await started.services.signingKeys.load();
  });
  afterEach(() => the().stop());
  return { services: () => the().services, database: () => the().database };
}

const raise = (): never => {
  throw new Error("Nothing has started.");
};
