import { expect } from "chai";
import {
  assertionOf,
  makeKeyClient,
  makeKeys,
  postProved,
  proofOf,
  type Keys,
} from "../support/key-client.ts";
import { captureLog } from "../support/log-capture.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, signIn } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Fields = Readonly<Record<string, string>>;

/** Refreshes with proofs of a key (RFC 9449), at the same moment. */
describe("parallel refreshes with tokens that are bound to a key", () => {
  const vestibule = useVestibule({ user: {} });
  const { services, user } = vestibule;
  const url = () => `${vestibule.issuer}/token`;
  const native = useResource(() =>
    makeApplication(services, { type: "native", redirectUris: ["com.example.app:/cb"], dpop: true }),
  );
  const keyed = useResource(() => makeKeyClient(services, { dpop: true }));
  const dpop = useResource(() => makeKeys());

  type Prove = (nonce: string | undefined) => Promise<string>;
  const proofBy =
    (keys: Keys): Prove =>
    (nonce) =>
      proofOf(keys, { url: url(), nonce });

  const call = (proof: Prove, fields: () => Promise<Fields>) =>
    postProved(vestibule.browser(), { path: "/token", fields, proof });

  /** The public application, or the one that proves itself with a key of its own. */
  const asNative = () => Promise.resolve({ client_id: native.id });
  const asKeyed = async () => ({
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await assertionOf(keyed, vestibule.issuer),
  });

  async function firstToken(application: { id: string; redirectUri: string }, as: () => Promise<Fields>) {
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await signIn(vestibule.browser(), request, user);
    const { status, body } = await call(proofBy(dpop), async () => ({
      ...(await as()),
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: application.redirectUri,
      code_verifier: request.verifier,
    }));
    expect(status, JSON.stringify(body)).to.equal(200);
    return String(body["refresh_token"]);
  }
  const refreshed = (token: string, as: () => Promise<Fields>, proof = proofBy(dpop)) =>
    call(proof, async () => ({ ...(await as()), grant_type: "refresh_token", refresh_token: token }));

  it("T139 all get tokens where each has a proof of its own, of a public application and of one with a key", async () => {
    for (const [application, as] of [
      [native, asNative],
      [keyed.client, asKeyed],
    ] as const) {
      const token = await firstToken(application, as);
      const answers = await Promise.all([1, 2, 3, 4].map(() => refreshed(token, as)));
      expect(answers.map(({ status, body }) => [status, body["token_type"]])).to.deep.equal(
        answers.map(() => [200, "DPoP"]),
      );
      for (const { body } of answers) {
        expect((await refreshed(String(body["refresh_token"]), as)).status, "successor").to.equal(200);
      }
    }
  });

  it("T139 get nothing with another key, which ends nothing either", async () => {
    const token = await firstToken(native, asNative);
    const thief = await makeKeys();
    const [stolen, own] = await Promise.all([
      refreshed(token, asNative, proofBy(thief)),
      refreshed(token, asNative),
    ]);
    expect([stolen.status, stolen.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect((await refreshed(String(own.body["refresh_token"]), asNative)).status).to.equal(200);
  });

  it("T73 T139 get tokens once with one proof, and the tokens of the first live on", async () => {
    const token = await firstToken(native, asNative);
    const lines = captureLog(services.log);
    let nonce: string | undefined;
    await refreshed(token, asNative, (asked) => {
      nonce = asked;
      return proofBy(dpop)(asked);
    });
    const same = await proofBy(dpop)(nonce);
    const answers = await Promise.all(
      [1, 2].map(() => refreshed(token, asNative, () => Promise.resolve(same))),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).to.have.lengthOf(1);
    expect((await refreshed(String(won[0]?.body["refresh_token"]), asNative)).status).to.equal(200);
    expect(lines.map(({ reason }) => reason)).to.not.include.members([
      "a refresh token that had been replaced was used after its grace; its access was ended",
    ]);
  });
});
