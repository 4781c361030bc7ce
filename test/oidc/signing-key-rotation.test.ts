import { expect } from "chai";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from "jose";
import type { HttpBrowser } from "../support/http-browser.ts";
import { startOtherProcess, type OtherProcess } from "../support/other-process.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { newBrowser } from "../support/second-factor.ts";
import { DAY, HOUR, MINUTE, travel } from "../support/time.ts";
import { tokensFor } from "../support/tokens.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("signing keys that are rotated", function () {
  this.timeout(60_000);
  let vestibule: TestVestibule;
  let restarted: OtherProcess;
  let application: TestApplication;
  let user: TestUser;
  let earlier: string;
  let afterwards: string;

  before(async () => {
    vestibule = await startVestibule();
    application = await makeApplication(vestibule.services);
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    earlier = (await tokensFor(newBrowser(vestibule), application, user)).id;
    await vestibule.services.signingKeys.rotate(() => Promise.resolve());
    restarted = await startOtherProcess(vestibule);
    afterwards = (await tokensFor(atRestarted(), application, user)).id;
  });
  after(async () => {
    await restarted.stop();
    await vestibule.stop();
  });

  const atRestarted = (): HttpBrowser => newBrowser(vestibule, restarted.port);
  const verify = async (token: string, at: number) => {
    const keys = JSON.parse((await atRestarted().get("/jwks")).body) as JSONWebKeySet;
    const expected = { issuer: vestibule.issuer, audience: application.id, currentDate: new Date(at) };
    return (await jwtVerify(token, createLocalJWKSet(keys), expected)).payload.sub;
  };
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  const kept = async () => (await vestibule.services.signingKeys.load()).map(({ kid }) => kid);

  it("T112 sign with the new one from the next start on", () => {
    expect(kidOf(afterwards)).to.not.equal(kidOf(earlier));
  });

  it("T112 leave ID tokens of before good until they end, and no longer", async () => {
    expect(await verify(earlier, Date.now())).to.equal(user.id);
    expect(await verify(earlier, Date.now() + 58 * MINUTE)).to.equal(user.id);
    expect(await verify(afterwards, Date.now())).to.equal(user.id);
    const late = await verify(earlier, Date.now() + HOUR + MINUTE).catch((error: unknown) => String(error));
    expect(late).to.contain("exp");
  });

  it("T112 leave an ID token of before good as a hint at the sign-out", async () => {
    const { body, status } = await atRestarted().get(`/sign-out?id_token_hint=${earlier}`);
    expect(status, body).to.equal(200);
  });

  it("T112 are published as long as a token can live that they signed, and forgotten then", async () => {
    travel(DAY);
    expect(await kept()).to.include(kidOf(earlier));
    travel(DAY + MINUTE);
    const left = await kept();
    expect(left).to.include(kidOf(afterwards));
    expect(left).to.not.include(kidOf(earlier));
  });
});
