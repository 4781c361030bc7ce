import { expect } from "chai";
import { homeOf, homeOfToken, idAt, randomHome } from "../../../src/kernel/home.ts";
import { randomId } from "../../../src/kernel/random.ts";
import { Provider } from "../../../src/protocol/library.ts";
import { makeIdsAtHome } from "../../../src/protocol/models/model-ids.ts";
import { asOwner } from "../../support/database.ts";
import { callToken, redeem } from "../../support/relying-party.ts";
import { tokensOf, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const MANY = 10_000;
const OF_USERS = ["Grant", "AuthorizationCode", "AccessToken", "RefreshToken", "DeviceCode"] as const;

/** The part of a model that makes its id; the library's types leave it out. */
interface Made {
  generateTokenId(): string;
}

describe("the ids of oidc-provider's models", () => {
  const provider = new Provider("https://id.example.com", {
    features: { deviceFlow: { enabled: true }, clientCredentials: { enabled: true } },
  });
  makeIdsAtHome(provider);
  /** A model that is never stored, with the field that says whose it is. */
  const made = (name: (typeof OF_USERS)[number], accountId: string) =>
    Object.assign(Reflect.construct(provider[name], []) as Made, { accountId });

  for (const name of OF_USERS) {
    it(`are at the home of the user, 10,000 times: ${name}`, () => {
      for (let count = 0; count < MANY; count += 1) {
        const accountId = idAt(randomHome());
        expect(homeOfToken(made(name, accountId).generateTokenId())).to.equal(homeOf(accountId));
      }
    });
  }

  it("are at the home of an application's office where there is no user, and at a random one where there is no office", () => {
    const idOf = (officeId: string) => {
      const client = { clientId: "app_1", "urn:vestibule:office_id": officeId };
      return (Reflect.construct(provider.ClientCredentials, [{ client }]) as Made).generateTokenId();
    };
    for (let count = 0; count < MANY; count += 1) {
      const officeId = randomId();
      expect(homeOfToken(idOf(officeId))).to.equal(homeOf(officeId));
    }
    const homes = Array.from({ length: 100 }, () => homeOfToken(idOf("")));
    expect(new Set(homes).size).to.be.above(80);
  });

  it("have 240 random bits behind the home and never come twice", () => {
    const accountId = randomId();
    const ids = Array.from({ length: MANY }, () => made("AccessToken", accountId).generateTokenId());
    expect(new Set(ids.map((id) => id.slice(3))).size).to.equal(MANY);
    ids.forEach((id) => expect(id).to.match(/^[\w-]{43}$/));
  });
});

describe("what a sign-in leaves", () => {
  const world = useVestibule({ user: {}, application: {} });
  interface Row {
    readonly kind: number;
    readonly home: number;
  }
  const rowsOf = (accountId: string) =>
    asOwner<Row>(world.database, "select kind, home from oidc_models where account_id = $1 order by kind", [
      accountId,
    ]);

  it("is at the home of the office: session, grant, code and tokens", async () => {
    const { user, application } = world;
    const browser = world.browser();
    const request = world.request();
    const redirect = await world.signIn(browser, request);
    const home = homeOf(user.office.id);
    expect(homeOf(user.id)).to.equal(home);
    const session = /vestibule-session=([^;.]+)/.exec(browser.cookiesFor("/"))?.[1] ?? "";
    const code = redirect.searchParams.get("code") ?? "";
    const { access, refresh } = tokensOf(await redeem(browser, application, { redirect, request }));
    expect([session, code, access, refresh].map(homeOfToken)).to.deep.equal([home, home, home, home]);
    const rows = await rowsOf(user.id);
    expect(new Set(rows.map(({ kind }) => kind))).to.include.keys([0, 1, 4, 5]);
    expect(rows.filter((row) => row.home !== home)).to.deep.equal([]);
  });

  it("T155 is not found by an id with another home, with the same answer as an unknown one", async () => {
    const browser = world.browser();
    const request = world.request();
    const redirect = await world.signIn(browser, request);
    const { access, refresh } = tokensOf(await redeem(browser, world.application, { redirect, request }));
    const moved = (token: string) => `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
    const unknown = await userinfo(browser, "x".repeat(43));
    for (const broken of [moved(access), `${access}x`, access.slice(1), "a", "é".repeat(43)]) {
      const { status, body } = await userinfo(browser, broken).catch(() => unknown);
      expect({ status, body }, broken).to.deep.equal({ status: unknown.status, body: unknown.body });
    }
    const refused = await callToken(browser, world.application, {
      grant_type: "refresh_token",
      refresh_token: moved(refresh),
    });
    expect([refused.status, refused.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect((await userinfo(browser, access)).status).to.equal(200);
  });
});
