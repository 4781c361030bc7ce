import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { SignJWT } from "jose";
import {
  assertionOf,
  jwksOf,
  makeKeyClient,
  makeKeys,
  type KeyClient,
  type Keys,
} from "../support/key-client.ts";
import { makeApi, MACHINE_OF_API as MACHINE } from "../support/machine-api.ts";
import { makeApplication } from "../support/people.ts";
import { MINUTE, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REFUSED = [401, "invalid_client"];
const GIVEN = [200, "tokens"];

describe("private_key_jwt", () => {
  const vestibule = useVestibule();
  useResource(() => makeApi(vestibule.services));
  const machine = useResource(() => makeKeyClient(vestibule.services, MACHINE));

  const send = async (assertion: string, more: Readonly<Record<string, string>> = {}) => {
    const browser = vestibule.browser();
    const { status, body } = await browser.send("/token", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: ASSERTION,
        client_assertion: assertion,
        ...more,
      }).toString(),
    });
    const parsed = JSON.parse(body) as Record<string, unknown>;
    return [status, parsed["error"] ?? "tokens"];
  };
  const now = () => Math.floor(Date.now() / 1000);

  for (const algorithm of ["ES256", "PS256", "RS256", "EdDSA"]) {
    it(`T72 takes an assertion that is signed with ${algorithm}`, async () => {
      const keys = await makeKeys(algorithm);
      const { client } = await makeKeyClient(vestibule.services, { ...MACHINE, jwks: jwksOf(keys) });
      expect(await send(await assertionOf({ client, keys }, vestibule.issuer))).to.deep.equal(GIVEN);
    });
  }

  it("T73 takes the token endpoint as audience too, as older libraries write it", async () => {
    expect(await send(await assertionOf(machine, `${vestibule.issuer}/token`))).to.deep.equal(GIVEN);
  });

  it("T73 refuses faulty assertions, each for its own fault", async () => {
    const stranger = await makeKeys();
    const other = await makeKeyClient(vestibule.services, MACHINE);
    const faulty: Record<string, string> = {
      "another key": await assertionOf({ ...machine, keys: stranger }, vestibule.issuer),
      "another application's key": await assertionOf({ ...machine, keys: other.keys }, vestibule.issuer),
      "another audience": await assertionOf(machine, "https://evil.test"),
      "no audience": await assertionOf(machine, vestibule.issuer, { aud: undefined }),
      "another issuer": await assertionOf(machine, vestibule.issuer, { iss: other.client.id }),
      "no id": await assertionOf(machine, vestibule.issuer, { jti: undefined }),
      "no end": await assertionOf(machine, vestibule.issuer, { exp: undefined }),
      "an end that is past": await assertionOf(machine, vestibule.issuer, { exp: now() - 60 }),
      "an end that is far off": await assertionOf(machine, vestibule.issuer, { exp: now() + 86_400 }),
      "a beginning to come": await assertionOf(machine, vestibule.issuer, { nbf: now() + 60 }),
      "a making to come": await assertionOf(machine, vestibule.issuer, { iat: now() + 61 }),
      "no algorithm": await unsigned(machine),
      "a secret as key": await new SignJWT({ iss: machine.client.id, sub: machine.client.id })
        .setProtectedHeader({ alg: "HS256" })
        .sign(Buffer.from(JSON.stringify(machine.keys.publicJwk))),
      "a key in its header": await new SignJWT({ iss: machine.client.id, sub: machine.client.id, jti: "x" })
        .setProtectedHeader({ alg: "ES256", jwk: stranger.publicJwk })
        .setAudience(vestibule.issuer)
        .setExpirationTime("1m")
        .sign(stranger.privateKey),
    };
    for (const [name, assertion] of Object.entries(faulty)) {
      expect(await send(assertion), name).to.deep.equal(REFUSED);
    }
  });

  it("T73 takes an assertion once", async () => {
    const assertion = await assertionOf(machine, vestibule.issuer);
    expect(await send(assertion)).to.deep.equal(GIVEN);
    expect(await send(assertion)).to.deep.equal(REFUSED);
  });

  it("T73 lets one of two that come at the same moment in", async () => {
    const assertion = await assertionOf(machine, vestibule.issuer);
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(assertion)));
    expect(answers.filter(([status]) => status === 200)).to.have.length.at.most(1);
  });

  it("T72 takes no secret of a client that has a key, and no key of a client that has a secret", async () => {
    const withSecret = await makeApplication(vestibule.services, { type: "machine", redirectUris: [] });
    const keys = await makeKeys();
    expect(await send(await assertionOf({ client: withSecret, keys }, vestibule.issuer))).to.deep.equal(
      REFUSED,
    );
    const browser = vestibule.browser();
    const { status } = await browser.send("/token", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: machine.client.id,
        client_secret: "kept as a hash",
      }).toString(),
    });
    expect(status).to.equal(401);
    expect(machine.client.secret, "a secret nobody asked for").to.equal(null);
  });

  it("T72 refuses an assertion beside a secret", async () => {
    const assertion = await assertionOf(machine, vestibule.issuer);
    expect(await send(assertion, { client_secret: "x" })).to.deep.equal([400, "invalid_request"]);
  });

  describe("by an address", () => {
    let site: Server;
    let keys: Keys;
    let asked = 0;
    let address: string;

    before(async () => {
      keys = await makeKeys();
      site = createServer((_request, response) => {
        asked += 1;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(jwksOf(keys)));
      });
      site.listen(0, "127.0.0.1");
      await once(site, "listening");
      address = `http://127.0.0.1:${String((site.address() as AddressInfo).port)}/jwks`;
    });
    after(async () => {
      site.close();
      site.closeAllConnections();
      await once(site, "close");
    });

    const withAddress = (jwksUri: string) =>
      makeKeyClient(vestibule.services, { ...MACHINE, jwks: null, jwksUri });

    it("follows the application to its next key", async () => {
      const { client } = await withAddress(address);
      expect(await send(await assertionOf({ client, keys }, vestibule.issuer))).to.deep.equal(GIVEN);
      expect(await send(await assertionOf({ client, keys }, vestibule.issuer))).to.deep.equal(GIVEN);
      expect(asked, "kept for a while").to.equal(1);
      keys = await makeKeys();
      travel(2 * MINUTE);
      expect(await send(await assertionOf({ client, keys }, vestibule.issuer))).to.deep.equal(GIVEN);
    });

    it("T100 asks no address inside the network that the operator has not listed", async () => {
      const before = asked;
      const port = new URL(address).port;
      for (const host of ["127.0.0.2", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706434"]) {
        const uri = new URL(`http://x:${port}/jwks`);
        uri.hostname = host;
        const { client } = await makeKeyClient(vestibule.services, MACHINE);
        // Past the check of what is typed, as a changed row or a name that resolves so would be.
        await vestibule.services.database.transaction((tx) =>
          vestibule.services.applications.change(
            tx,
            { ...client.application, jwks: null, jwksUri: uri.href },
            new Date(),
          ),
        );
        const refused = await send(await assertionOf({ client, keys }, vestibule.issuer));
        expect(refused[0], host).to.be.oneOf([400, 401]);
      }
      expect(asked, "connections to the inside").to.equal(before);
    });
  });
});

async function unsigned({ client }: KeyClient): Promise<string> {
  const claims = {
    iss: client.id,
    sub: client.id,
    aud: "x",
    jti: "y",
    exp: Math.floor(Date.now() / 1000) + 60,
  };
  return Promise.resolve(
    [{ alg: "none" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".") + ".",
  );
}
