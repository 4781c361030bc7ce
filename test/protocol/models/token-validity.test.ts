import { expect } from "chai";
import { ACR } from "../../../src/protocol/claims.ts";
import { isStillValid } from "../../../src/protocol/models/token-validity.ts";
import { KIND, type Payload } from "../../../src/protocol/models/oidc-model.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { refresh, tokensFor, tokensOf } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Seconds since 1970: what was proved at NOON, and changes around it. */
const NOON = 1_900_000_000;

describe("T121 what oidc-provider has stored", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });

  const judged = async (
    payload: Payload,
    ends: { validFrom?: number; othersEnded?: { at: number; kept: string }; trustEnded?: number },
    kind: (typeof KIND)[keyof typeof KIND] = KIND.AccessToken,
  ) => {
    const account = await vestibule.services.users.findAccount(vestibule.user.id);
    return isStillValid(kind, payload, { ...(account ?? expect.fail()), ...ends });
  };

  it("T121 is as old as its proof, however new it is itself", async () => {
    const token = { authTime: NOON, iat: NOON + 3600 };
    expect(await judged(token, { validFrom: NOON + 1 })).to.equal(false);
    expect(await judged(token, { validFrom: NOON })).to.equal(true);
    const login = { accountId: vestibule.user.id, ts: NOON };
    expect(
      await judged({ iat: NOON - 60, result: { login } }, { validFrom: NOON + 1 }, KIND.Interaction),
    ).to.equal(false);
    expect(
      await judged({ iat: NOON - 60, result: { login } }, { validFrom: NOON }, KIND.Interaction),
    ).to.equal(true);
  });

  it("T121 belongs to the session in which it was issued", async () => {
    const othersEnded = { at: NOON + 1, kept: "kept" };
    const token = { authTime: NOON, iat: NOON };
    expect(await judged({ ...token, sessionUid: "kept" }, { othersEnded })).to.equal(true);
    expect(await judged({ ...token, sessionUid: "other" }, { othersEnded })).to.equal(false);
    expect(await judged({ loginTs: NOON, uid: "kept" }, { othersEnded }, KIND.Session)).to.equal(true);
    expect(await judged({ loginTs: NOON, uid: "other" }, { othersEnded }, KIND.Session)).to.equal(false);
  });

  it("T121 ends with the trust that it rests on, and with no other", async () => {
    const token = { authTime: NOON, iat: NOON };
    const trusted = { ...token, acr: ACR.trustedBrowser };
    expect(await judged(trusted, { trustEnded: NOON + 1 })).to.equal(false);
    expect(await judged(trusted, { trustEnded: NOON })).to.equal(true);
    expect(await judged(token, { trustEnded: NOON + 1 })).to.equal(true);
  });

  it("T121 is invalid without a moment, and without its account", async () => {
    expect(await judged({}, {})).to.equal(false);
    expect(isStillValid(KIND.AccessToken, { authTime: NOON }, null)).to.equal(false);
    expect(isStillValid(KIND.ClientCredentials, {}, undefined), "without a user").to.equal(true);
  });

  it("T121 is an access token with the time of the sign-in, also when it was refreshed later", async () => {
    const { application, database, services } = vestibule;
    const user = await makeUser(services, await makeOffice(services));
    const browser = vestibule.browser();
    const first = await tokensFor(browser, application, user);
    travel(2 * MINUTE);
    tokensOf(await refresh(browser, application, first.refresh));
    const rows = await asOwner<{ age: number; amr: string }>(
      database,
      `select (payload ->> 'iat')::float8 - (payload ->> 'authTime')::float8 as age, payload ->> 'amr' as amr
       from oidc_models where kind = 4 and account_id = $1 order by 1`,
      [user.id],
    );
    expect(rows.map(({ age }) => Math.round(age / 60))).to.deep.equal([0, 2]);
    expect(rows[1]?.amr).to.equal('["pwd"]');
  });
});
