import { expect } from "chai";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from "jose";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { DAY, travel } from "../../support/time.ts";
import { refresh, tokensFor, tokensOf } from "../../support/tokens.ts";
import { startServices } from "../../support/vestibule.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"] as const;
const nothing = () => Promise.resolve();

describe("signing keys of a running installation", () => {
  const vestibule = useVestibule({ user: {} });
  const { user } = vestibule;
  let applications: readonly TestApplication[];
  const browsers = () =>
    [vestibule.settings.port, other.port].map((port) => new HttpBrowser(vestibule.issuer, port));

  const other = useOtherProcess(vestibule);
  before(async () => {
    applications = await Promise.all(
      ALGORITHMS.map((idTokenAlgorithm) => makeApplication(vestibule.services, { idTokenAlgorithm })),
    );
  });

  const publishedAt = async (browser: HttpBrowser) =>
    JSON.parse((await browser.get("/jwks")).body) as JSONWebKeySet;

  /** Asks every process until all say yes; they look every few seconds. */
  async function everywhere(is: (browser: HttpBrowser) => Promise<boolean>): Promise<void> {
    await eventually(
      () => Promise.all(browsers().map(is)),
      (answers) => answers.every(Boolean),
      { everyMs: 200 },
    );
  }

  const keyOf = (token: string) => decodeProtectedHeader(token).kid ?? "";

  /** A sign-in at one process; its token is checked with the keys of the other. */
  async function signedAt(
    browser: HttpBrowser,
    application: TestApplication,
    at: HttpBrowser,
  ): Promise<string> {
    const { id } = await tokensFor(browser.fresh(), application, user);
    await verifyAt(at, id);
    return keyOf(id);
  }

  const verifyAt = async (browser: HttpBrowser, token: string) =>
    jwtVerify(token, createLocalJWKSet(await publishedAt(browser)), { issuer: vestibule.issuer });

  for (const [place, algorithm] of ALGORITHMS.entries()) {
    it(`signs with ${algorithm} for applications that chose it`, async () => {
      const [browser] = browsers();
      const application = applications[place];
      if (browser === undefined || application === undefined) {
        throw new Error("No application.");
      }
      const { id } = await tokensFor(browser, application, user);
      expect(decodeProtectedHeader(id).alg).to.equal(algorithm);
      await verifyAt(browser, id);
    });
  }

  it("signs with RS256 for an application that has chosen nothing", async () => {
    const [browser] = browsers();
    const { id } = await tokensFor(browser ?? raise(), await makeApplication(vestibule.services), user);
    expect(decodeProtectedHeader(id).alg).to.equal("RS256");
  });

  it("T112 are published before they are used, leave ID tokens of before good, and both processes follow without a restart", async function () {
    this.timeout(40_000);
    const [here, there] = browsers();
    const [application] = applications;
    if (here === undefined || there === undefined || application === undefined) {
      throw new Error("No processes.");
    }
    const before = await tokensFor(here.fresh(), application, user);
    await vestibule.services.signingKeys.rotate(nothing);
    const next = (await vestibule.services.signingKeys.list())
      .filter(({ state, algorithm }) => state === "next" && algorithm === "ES256")
      .map(({ id }) => id);
    expect(next).to.have.length(1);
    const isPublished = async (browser: HttpBrowser) =>
      (await publishedAt(browser)).keys.some(({ kid }) => next.includes(kid ?? ""));
    await everywhere(isPublished);
    expect(await signedAt(here, application, there), "published and not used").to.equal(keyOf(before.id));
    expect(await signedAt(there, application, here), "published and not used").to.equal(keyOf(before.id));

    await asOwner(vestibule.database, "update signing_keys set used_from = now() where used_from > now()");
    // Meanwhile either process may be the first: what one signs is good at the other at every moment.
    await everywhere(async (browser) => {
      const checkedAt = browser === here ? there : here;
      return next.includes(await signedAt(browser, application, checkedAt));
    });
    await verifyAt(there, before.id);
    const renewed = tokensOf(await refresh(there, application, before.refresh));
    expect(next).to.include(keyOf(renewed.id));
    const hinted = await here.get(
      `/sign-out?${new URLSearchParams({ id_token_hint: before.id }).toString()}`,
    );
    expect(hinted.status, "a hint from before").to.equal(200);
  });
});

const raise = (): never => {
  throw new Error("Nothing there.");
};

describe("the schedule of signing keys", () => {
  let started: Awaited<ReturnType<typeof startServices>>;
  const keys = () => started.services.signingKeys;
  const states = async () =>
    (await keys().list()).filter(({ algorithm }) => algorithm === "RS256").map(({ state }) => state);

  beforeEach(async () => {
    started = await startServices();
    await keys().load();
  });
  afterEach(() => started.stop());

  it("replaces what has signed for so many days, and records it in the audit log once", async () => {
    let announcements = 0;
    const tell = () => {
      announcements += 1;
      return Promise.resolve();
    };
    travel(89 * DAY);
    expect(await keys().rotateDue(90, tell)).to.equal(false);
    travel(2 * DAY);
    const both = await Promise.all([keys().rotateDue(90, tell), keys().rotateDue(90, tell)]);
    expect([both.filter(Boolean).length, announcements], "two processes at the same moment").to.deep.equal([
      1, 1,
    ]);
    expect(await states()).to.deep.equal(["next", "current"]);
  });

  it("uses the next one after a day, keeps the old one four more, and then removes it", async () => {
    await keys().rotate(nothing);
    travel(0.9 * DAY);
    expect(await states()).to.deep.equal(["next", "current"]);
    travel(0.2 * DAY);
    expect(await states()).to.deep.equal(["current", "retired"]);
    travel(3.8 * DAY);
    expect(await states()).to.deep.equal(["current", "retired"]);
    travel(0.2 * DAY);
    expect(await states()).to.deep.equal(["current"]);
    // Rows go by the database's clock, which does not travel.
    await asOwner(
      started.database,
      "update signing_keys set expires_at = now() where expires_at is not null",
    );
    await keys().rotateDue(90, nothing);
    expect(await asOwner(started.database, "select from signing_keys"), "rows").to.have.length(1);
  });
});
