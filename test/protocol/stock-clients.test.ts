import { expect } from "chai";
import { startWorkers } from "../../src/server/wiring/processes.ts";
import { startBackChannel } from "../support/back-channel.ts";
import { eventually } from "../support/eventually.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "../support/people.ts";
import { choosePassword, linkFor, openLink } from "../support/mailbox.ts";
import { BY_HAND } from "../support/outbox.ts";
import { claimsOf, formAction, hiddenField } from "../support/relying-party.ts";
import { STOCK_CLIENTS, type Received } from "../support/stock-clients.ts";
import { duringMoment, MINUTE } from "../support/time.ts";
import { introspect, refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const OWNED = "anna@plain.example";
const NEW_PASSWORD = "orange-window-bicycle-77";
const WANTED = [
  "name",
  "preferred_username",
  "email",
  "email_verified",
  "locale",
  "phone_number",
  "groups",
  "role",
];
/** Every library gets all that it could ask for, in both places. */
const ASKING = {
  scope: "openid profile email phone office groups",
  claims: JSON.stringify({
    id_token: Object.fromEntries(WANTED.map((claim) => [claim, null])),
    userinfo: Object.fromEntries(WANTED.map((claim) => [claim, { essential: true }])),
  }),
};

describe("two offices whose users share address, username and name", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND });
  const { services } = vestibule;
  let people: readonly TestUser[];
  let application: TestApplication;
  before(async () => {
    application = await makeApplication(services);
    const [plain, noord] = [
      await makeOffice(services, { code: "PLAIN", name: "Plain Bookkeeping" }),
      await makeOffice(services, { code: "NOORD", name: "Plain Bookkeeping" }),
    ];
    const anna = { username: "anna", name: "Anna de Vries", mail: OWNED };
    const aMinuteAgo = new Date(Date.now() - MINUTE);
    const owner = await duringMoment(aMinuteAgo, () => makeOwner(plain, anna));
    people = [
      owner,
      await makeUser(services, noord, anna),
      await makeUser(services, noord, { ...anna, username: "anna@plain", mail: "ANNA@plain.example" }),
      await makeUser(services, noord, { ...anna, username: "a n'na", mail: OWNED }),
    ];
  });

  /** Anna, after she has chosen a password by the link in her mailbox. */
  async function makeOwner(office: TestOffice, changes: Parameters<typeof makeUser>[2]): Promise<TestUser> {
    const user = await makeUser(services, office, changes);
    const browser = vestibule.browser();
    const link = await linkFor(vestibule, user, OWNED);
    await choosePassword(browser, await openLink(browser, link), NEW_PASSWORD);
    return { ...user, password: NEW_PASSWORD };
  }

  async function received(user: TestUser, application: TestApplication): Promise<Received> {
    const browser = vestibule.browser();
    const { id, access } = await tokensFor(browser, application, user, ASKING);
    return { idToken: claimsOf(id), userinfo: (await userinfo(browser, access)).body };
  }

  async function keysAt(application: TestApplication) {
    const all: Received[] = [];
    for (const user of people) {
      all.push(await received(user, application));
    }
    return new Map(STOCK_CLIENTS.map(({ name, key }) => [name, all.map(key)]));
  }

  const collapsed = (keys: readonly (string | null)[]) => {
    const found = keys.filter((key) => key !== null);
    return new Set(found).size < found.length;
  };

  it("T134 no stock client takes two of them for one, and the owner of the address gets in everywhere", async () => {
    const keys = await keysAt(application);
    expect([...keys].filter(([, found]) => collapsed(found))).to.deep.equal([]);
    const keptOut = STOCK_CLIENTS.filter(({ name }) => {
      const [owner = null] = keys.get(name) ?? [];
      return owner === null;
    });
    expect(keptOut).to.deep.equal([]);
  });

  it("T134 no stock client does where the ID token has every claim", async () => {
    const keys = await keysAt(await makeApplication(services, { idTokenClaims: true }));
    expect([...keys].filter(([, found]) => collapsed(found))).to.deep.equal([]);
  });

  it("T134 the switches give what makes two users one, for libraries that do not go by sub", async () => {
    const careless = await makeApplication(services, { unverifiedEmail: true, bareUsername: true });
    const keys = await keysAt(careless);
    const found = [...keys].filter(([, of]) => collapsed(of)).map(([name]) => name);
    expect(found).to.include.members([
      "mozilla-django-oidc 5",
      "oauth2-proxy 7 with insecure_oidc_allow_unverified_email",
      "Keycloak 26 as broker, by username",
    ]);
    expect(found).to.not.include.members(["oauth2-proxy 7"]);
    expect(found.filter((name) => name === "Spring Security" || name === "Grafana")).to.deep.equal([]);
  });

  it("T134 the address that a superuser typed is in no answer, whatever the request asks for", async () => {
    const [, typed] = await Promise.all(people.map((user) => received(user, application)));
    expect(typed?.userinfo).to.include({ name: "Anna de Vries", preferred_username: "anna@NOORD" });
    expect(typed?.userinfo["groups"]).to.deep.equal(["NOORD", "NOORD:user"]);
    expect({ ...typed?.idToken, ...typed?.userinfo }).to.not.have.any.keys("email", "email_verified");
  });

  it("T134 a username with the code of another office ends with the code of its own", async () => {
    const all = await Promise.all(people.map((user) => received(user, application)));
    expect(all.map(({ userinfo: claims }) => claims["preferred_username"])).to.deep.equal([
      "anna@PLAIN",
      "anna@NOORD",
      "anna@plain@NOORD",
      "a n'na@NOORD",
    ]);
  });

  it("T134 neither introspection nor a JWT access token has a claim that an administrator writes", async () => {
    const resource = "https://invoices.example";
    const machine = { type: "machine", redirectUris: [], firstParty: false };
    await makeApplication(services, { ...machine, resourceIdentifier: resource, resourceScopes: ["read"] });
    const web = await makeApplication(services, { resources: [resource] });
    const browser = vestibule.browser();
    const [user] = people;
    const plain = await tokensFor(browser, web, user ?? expect.fail(), ASKING);
    const introspected = await introspect(browser, web, plain.access);
    expect(introspected.body["active"]).to.equal(true);
    const scope = `${ASKING.scope} offline_access read`;
    const { refresh: token } = await tokensFor(browser.fresh(), web, user ?? expect.fail(), {
      ...ASKING,
      scope,
      resource,
    });
    const forServer = tokensOf(await refresh(browser, web, token, { resource }));
    for (const claims of [introspected.body, claimsOf(forServer.access)]) {
      expect(claims["sub"]).to.equal(user?.id);
      expect(claims).to.not.have.any.keys(...WANTED, "office", "username");
    }
  });

  it("T134 a logout token names its user by sub alone", async () => {
    const channel = await startBackChannel();
    const listening = await makeApplication(services, { backchannelLogoutUri: channel.url });
    const [owner] = people;
    const browser = vestibule.browser();
    await tokensFor(browser, listening, owner ?? expect.fail(), ASKING);
    const page = await browser.get("/sign-out");
    await browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), logout: "yes" });
    const workers = await startWorkers(services);
    try {
      const [token] = await eventually(
        () => Promise.resolve(channel.tokens),
        ({ length }) => length > 0,
      );
      expect(claimsOf(token)["sub"]).to.equal(owner?.id);
      const known = ["iss", "aud", "sub", "sid", "iat", "exp", "jti", "events"];
      expect(claimsOf(token)).to.have.all.keys(known);
    } finally {
      await workers.stop();
      await channel.stop();
    }
  });
});
